import { createWriteStream } from "node:fs";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { UserError } from "@homeslice/config/errors.ts";
import { ClientError, problemFrom } from "@homeslice/protocol/client.ts";
import { type ReportFormat, type ReportKind, reportKindNames, reportKinds } from "@homeslice/protocol/reports.ts";
import { invalidOption } from "../local/options.ts";
import { ProgressLine } from "../process/bar.ts";
import { type Endpoint, explain, locateEndpoint } from "./client.ts";
import { type Shown, say, show, table } from "./show.ts";

const CONCERN = "reports";
/** How often the size of what has come is said anew, in bytes. */
const SAY_EACH = 65_536;

/** `reports list`. */
export function listReports(shown: Shown): void {
  const reports = reportKindNames.map((kind) => ({ kind, ...reportKinds[kind] }));
  show(reports, shown, (found) =>
    table("report", found, {
      REPORT: ({ kind }) => kind,
      SAYS: ({ title }) => title,
      NEEDS: ({ permission }) => permission,
    }),
  );
}

export interface DownloadOptions {
  readonly format: ReportFormat;
  readonly since?: string;
  readonly until?: string;
  /** File. Default: standard output. */
  readonly out?: string;
}

/** `reports download`: a file as it is made. @throws UserError `reports.refused`, `option.invalid`, as `locateEndpoint` */
export async function downloadReport(kind: ReportKind, { out, ...asked }: DownloadOptions): Promise<void> {
  if (out === undefined && asked.format === "pdf" && process.stdout.isTTY) {
    throw invalidOption("--out", "a PDF is nothing for a terminal", `Give a file: --out ${kind}.pdf`);
  }
  const body = await request(await locateEndpoint(), kind, {
    format: asked.format,
    ...(asked.since && { since: parseTime("--since", asked.since) }),
    ...(asked.until && { until: parseTime("--until", asked.until) }),
  });
  const counted = counting(kind);
  if (out === undefined) await pipeline(Readable.fromWeb(body), counted.stream, process.stdout, { end: false });
  else {
    await pipeline(Readable.fromWeb(body), counted.stream, createWriteStream(out)).catch((error: unknown) =>
      unwritable(out, error),
    );
    say(`${out} has ${counted.size()}`);
  }
}

async function request({ url, token }: Endpoint, kind: ReportKind, query: Record<string, string>) {
  const address = `${url}/api/v1/reports/${kind}?${new URLSearchParams(query)}`;
  const response = await fetch(address, { headers: { authorization: `Bearer ${token}` } }).catch((cause: unknown) => {
    const what = `${url} does not answer`;
    const fix = "See ./homeslice status.";
    throw new UserError({ code: "reports.unreachable", what, fix }, { cause });
  });
  if (response.ok && response.body !== null) return response.body;
  return explain(new ClientError(problemFrom(response.status, await response.text())), CONCERN);
}

/** Lets bytes through, and says how many there were. */
function counting(kind: ReportKind): { readonly stream: Transform; size(): string } {
  const progress = new ProgressLine();
  let bytes = 0;
  let said = 0;
  const size = () => (bytes < 10_240 ? `${bytes} bytes` : `${Math.round(bytes / 1_024)} KiB`);
  const stream = new Transform({
    transform(chunk: Uint8Array, _, done) {
      bytes += chunk.length;
      if (bytes - said >= SAY_EACH) {
        said = bytes;
        progress.step(`${kind}: ${size()}`);
      }
      done(null, chunk);
    },
    final(done) {
      progress.end();
      done();
    },
  });
  return { stream, size };
}

/** A time with its zone, or a day, which begins in UTC. @throws UserError `option.invalid` */
function parseTime(option: string, text: string): string {
  const time = /^\d{4}-\d{2}-\d{2}($|T)/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return new Date(time).toISOString();
  throw invalidOption(option, `${JSON.stringify(text)} is no time`, "Give 2026-01-31 or 2026-01-31T12:00:00Z.");
}

function unwritable(file: string, cause: unknown): never {
  const what = `cannot be written whole: ${cause instanceof Error ? cause.message : cause}`;
  throw new UserError({ code: "reports.unwritable", where: file, what, fix: "Give another file." }, { cause });
}
