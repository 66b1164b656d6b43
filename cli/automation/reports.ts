import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { resolve } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { UserError } from "@homeslice/config/errors.ts";
import { ClientError, everything, problemFrom } from "@homeslice/protocol/client.ts";
import { type ReportFormat, type ReportKind, reportKindNames, reportKinds } from "@homeslice/protocol/reports.ts";
import { invalidOption } from "../local/options.ts";
import { ProgressLine } from "../process/bar.ts";
import { explain, locateEndpoint, openFor } from "./client.ts";
import { parseId } from "./lookup.ts";
import { type Shown, say, show, table } from "./show.ts";

const CONCERN = "reports";
const KEPT_SHOWN = 50;
type Body = NonNullable<Response["body"]>;
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

export interface DownloadOptions extends Shown {
  readonly format: ReportFormat;
  readonly since?: string;
  readonly until?: string;
  /** File. Default: standard output. */
  readonly out?: string;
}

/** `reports schedules`. @throws UserError `reports.refused`, as `locateEndpoint` */
export async function listReportSchedules({ search, ...shown }: Shown & { readonly search?: string }): Promise<void> {
  const client = await openFor(CONCERN);
  const schedules = await everything((page) =>
    client.call("listReportSchedules", { query: { ...page, sort: "name", search } }),
  );
  show(schedules, shown, (found) =>
    table("schedule of reports", found, {
      NAME: ({ name }) => name,
      REPORT: ({ kind }) => kind,
      AS: ({ formats }) => formats.join(" "),
      WHEN: ({ expression, time_zone }) => `${expression} ${time_zone}`,
      NEXT: ({ next_at }) => next_at ?? "paused",
    }),
  );
}

/** `reports kept`: the newest. @throws UserError as `listReportSchedules` */
export async function listKeptReports({ kind, ...shown }: Shown & { readonly kind?: ReportKind }): Promise<void> {
  const client = await openFor(CONCERN);
  const { items } = await client.call("listReports", { query: { limit: KEPT_SHOWN, kind } });
  show(items, shown, (found) =>
    table("report", found, {
      ID: ({ report_id }) => report_id,
      NAME: ({ name }) => name,
      REPORT: (report) => report.kind,
      AS: ({ format }) => format,
      UNTIL: ({ until }) => until,
      BYTES: ({ size_bytes }) => size_bytes,
      "SHA-256": ({ sha256 }) => sha256,
    }),
  );
}

/** `reports fetch`: one that a schedule made. @throws UserError as `downloadReport` */
export async function fetchReport(id: string, { out, ...shown }: Shown & { readonly out: string }): Promise<void> {
  const report = parseId({ concern: CONCERN, noun: "report", list: "reports kept" }, id);
  await save(await request(`${report}/content`, {}), report, out, shown);
}

/** `reports download`: a file as it is made. @throws UserError `reports.refused`, `option.invalid`, as `locateEndpoint` */
export async function downloadReport(
  kind: ReportKind,
  { out, json = false, ...asked }: DownloadOptions,
): Promise<void> {
  if (out === undefined && asked.format === "pdf" && process.stdout.isTTY) {
    throw invalidOption("--out", "a PDF is nothing for a terminal", `Give a file: --out ${kind}.pdf`);
  }
  if (out === undefined && json) {
    throw invalidOption("--json", "the report itself goes to standard output", `Give a file: --out ${kind}.json`);
  }
  const body = await request(kind, {
    format: asked.format,
    ...(asked.since && { since: parseTime("--since", asked.since) }),
    ...(asked.until && { until: parseTime("--until", asked.until) }),
  });
  if (out === undefined) await print(body, kind);
  else await save(body, kind, out, { json });
}

async function print(body: Body, name: string): Promise<void> {
  await pipeline(Readable.fromWeb(body), counting(name).stream, process.stdout, { end: false });
}

/** Writes a report into a file, and says what it has become. */
async function save(body: Body, name: string, out: string, shown: Shown): Promise<void> {
  const counted = counting(name);
  const writing = pipeline(Readable.fromWeb(body), counted.stream, createWriteStream(out));
  await writing.catch((error: unknown) => unwritable(out, error));
  const sha256 = counted.hash();
  say(`${out} has ${counted.size()}, SHA-256 ${sha256}`);
  if (shown.json) show({ path: resolve(out), bytes: counted.bytes(), sha256 }, shown);
}

async function request(path: string, query: Record<string, string>): Promise<Body> {
  const { url, token } = await locateEndpoint();
  const address = `${url}/api/v1/reports/${path}?${new URLSearchParams(query)}`;
  const response = await fetch(address, { headers: { authorization: `Bearer ${token}` } }).catch((cause: unknown) => {
    const what = `${url} does not answer`;
    const fix = "See ./homeslice status.";
    throw new UserError({ code: "reports.unreachable", what, fix }, { cause });
  });
  if (response.ok && response.body !== null) return response.body;
  return explain(new ClientError(problemFrom(response.status, await response.text())), CONCERN);
}

/** Lets bytes through, and says how many there were, and which. */
function counting(name: string): {
  readonly stream: Transform;
  bytes(): number;
  size(): string;
  hash(): string;
} {
  const progress = new ProgressLine();
  const sha256 = createHash("sha256");
  let bytes = 0;
  let said = 0;
  const size = () => (bytes < 10_240 ? `${bytes} bytes` : `${Math.round(bytes / 1_024)} KiB`);
  const stream = new Transform({
    transform(chunk: Uint8Array, _, done) {
      bytes += chunk.length;
      sha256.update(chunk);
      if (bytes - said >= SAY_EACH) {
        said = bytes;
        progress.step(`${name}: ${size()}`);
      }
      done(null, chunk);
    },
    final(done) {
      progress.end();
      done();
    },
  });
  return { stream, bytes: () => bytes, size, hash: () => sha256.digest("hex") };
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
