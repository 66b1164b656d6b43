import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "@homeslice/cli/process/freePort.ts";
import { TENANT } from "@homeslice/components/loki/config.ts";
import { parse } from "yaml";
import { z } from "zod";
import { stop } from "../components/servers.ts";
import { eventually } from "../support/eventually.ts";

const Streams = z.object({
  data: z.object({
    result: z.array(
      z.object({ stream: z.record(z.string(), z.string()), values: z.array(z.tuple([z.string(), z.string()])) }),
    ),
  }),
});
const Configuration = z.looseObject({ server: z.looseObject({}), ruler: z.looseObject({}) });
const Vector = z.object({ data: z.object({ result: z.array(z.unknown()) }) });
const Rules = z.object({
  data: z.object({
    groups: z.array(z.object({ rules: z.array(z.object({ name: z.string(), health: z.string() })) })),
  }),
});

/** A line of a log with what is known of it. */
export interface Line {
  readonly labels: Readonly<Record<string, string>>;
  readonly text: string;
}

/** What a Loki is given beside its program. */
export interface LokiFiles {
  /** Content of loki.yaml. */
  readonly configuration: string;
  /** Directory that the configuration names for the volume. */
  readonly data: string;
  /** Directory that it names for the rules, and the content of the one file there. */
  readonly rules: { readonly directory: string; readonly content: string };
  /** Who is told of alerts. */
  readonly alertmanager: string;
}

/** A real Loki with the configuration of a deployed one: other directories and ports, all else as it is. */
export class LokiServer {
  readonly #url: string;
  readonly #directory: string;
  readonly #child: ChildProcess;

  private constructor(url: string, directory: string, child: ChildProcess) {
    this.#url = url;
    this.#directory = directory;
    this.#child = child;
  }

  /** Starts the program and waits until it is ready; it looks at its rules every second. */
  static async start(program: string, { configuration, data, rules, alertmanager }: LokiFiles): Promise<LokiServer> {
    const directory = mkdtempSync(join(tmpdir(), "homeslice-loki-"));
    const moved = (text: string, from: string, to: string) =>
      text.replaceAll(new RegExp(`"${from}(?=["/])`, "g"), `"${join(directory, to)}`);
    const here = moved(moved(configuration, data, "data"), rules.directory, "rules");
    const { server, ruler, ...rest } = Configuration.parse(JSON.parse(here));
    const impatient = { ...ruler, alertmanager_url: alertmanager, evaluation_interval: "1s" };
    mkdirSync(join(directory, "rules", TENANT), { recursive: true });
    writeFileSync(join(directory, "rules", TENANT, "rules.yaml"), rules.content);
    const [http_listen_port, grpc_listen_port] = await Promise.all([freePort(), freePort()]);
    const ports = { http_listen_address: "127.0.0.1", http_listen_port, grpc_listen_port };
    const file = join(directory, "loki.yaml");
    writeFileSync(file, JSON.stringify({ ...rest, ruler: impatient, server: { ...server, ...ports } }));
    const log = join(directory, "log");
    const child = spawn(program, [`-config.file=${file}`], { stdio: ["ignore", "ignore", openSync(log, "w")] });
    const loki = new LokiServer(`http://127.0.0.1:${http_listen_port}`, directory, child);
    await eventually(() => child.exitCode !== null || loki.#isReady(), "Loki is ready", 90_000);
    if (child.exitCode !== null) throw new Error(`Loki ended:\n${readFileSync(log, "utf8")}`);
    return loki;
  }

  async stop(): Promise<void> {
    await stop(this.#child, "SIGKILL");
    rmSync(this.#directory, { recursive: true });
  }

  /** What it has made of its configuration, with all that is left out filled in. */
  async configuration(): Promise<unknown> {
    return parse(await (await fetch(`${this.#url}/config`)).text());
  }

  /** Hands over one line as the collector does, with labels and what else is known of it. @returns the status */
  async push(labels: Line["labels"], text: string, metadata: Line["labels"], at: Date): Promise<number> {
    const values = [[`${at.getTime()}000000`, text, metadata]];
    const { status } = await fetch(`${this.#url}/loki/api/v1/push`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ streams: [{ stream: labels, values }] }),
    });
    return status;
  }

  /** The lines of the last hour that a query in LogQL finds. */
  async lines(query: string): Promise<Line[]> {
    const url = `${this.#url}/loki/api/v1/query_range?since=1h&query=${encodeURIComponent(query)}`;
    const { result } = Streams.parse(await (await fetch(url, { signal: AbortSignal.timeout(10_000) })).json()).data;
    return result.flatMap(({ stream, values }) => values.map(([, text]) => ({ labels: stream, text })));
  }

  /** How many results a query in LogQL has at this moment. */
  async count(query: string): Promise<number> {
    const url = `${this.#url}/loki/api/v1/query?query=${encodeURIComponent(query)}`;
    return Vector.parse(await (await fetch(url, { signal: AbortSignal.timeout(10_000) })).json()).data.result.length;
  }

  /** The rules that it looks at, and how that went the last time. */
  async rules(): Promise<{ readonly name: string; readonly health: string }[]> {
    const { groups } = Rules.parse(await (await fetch(`${this.#url}/prometheus/api/v1/rules`)).json()).data;
    return groups.flatMap(({ rules }) => rules);
  }

  /** Its own measurements. */
  async metrics(): Promise<string> {
    return (await fetch(`${this.#url}/metrics`)).text();
  }

  /** What is wrong with a query in LogQL; empty for one that it understands. */
  async refusal(query: string): Promise<string> {
    const url = `${this.#url}/loki/api/v1/query_range?since=1h&query=${encodeURIComponent(query)}`;
    const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
    const text = await response.text();
    return response.ok ? "" : text;
  }

  #isReady(): Promise<boolean> {
    return fetch(`${this.#url}/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  }
}
