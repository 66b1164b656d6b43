import { execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "@homeslice/cli/process/freePort.ts";
import { debianProgram } from "./debian.ts";
import { eventually } from "./eventually.ts";

const run = promisify(execFile);
const STEP_SECONDS = 300;
const DAY_SECONDS = 86_400;

/** A series as it was through the last day: its name with labels, and its value by the seconds that have passed of it. */
export type Measured = Readonly<Record<string, number | ((seconds: number) => number)>>;

/** The programs of Debian, where they are. */
export const programs = {
  prometheus: debianProgram("prometheus", "prometheus"),
  promtool: debianProgram("promtool", "prometheus"),
};

/** A real Prometheus that has measured all of this every five minutes for a day, until now. */
export async function startPrometheus(measured: Measured): Promise<{ url: URL; stop: () => Promise<void> }> {
  const { prometheus, promtool } = programs;
  if ("missing" in prometheus || "missing" in promtool) throw new Error("there is no Prometheus");
  const directory = mkdtempSync(join(tmpdir(), "homeslice-prometheus-"));
  const [samples, data, config] = ["samples", "data", "prometheus.yml"].map((name) => join(directory, name));
  if (!samples || !data || !config) throw new Error("no directory");
  writeFileSync(samples, openMetrics(measured, Math.floor(Date.now() / 1_000)));
  await run(promtool.path, ["tsdb", "create-blocks-from", "openmetrics", samples, data]);
  writeFileSync(config, "{}");
  const port = await freePort();
  // What was measured last counts for as long as a test may take.
  const lasting = "--query.lookback-delta=1h";
  const flags = [
    lasting,
    `--config.file=${config}`,
    `--storage.tsdb.path=${data}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ];
  const child = spawn(prometheus.path, flags, { stdio: "ignore" });
  const url = new URL(`http://127.0.0.1:${port}`);
  const isReady = async () =>
    await fetch(new URL("-/ready", url)).then(
      ({ ok }) => ok,
      () => false,
    );
  await eventually(isReady, "Prometheus is ready");
  const stop = async () => {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
    rmSync(directory, { recursive: true, force: true });
  };
  return { url, stop };
}

function openMetrics(measured: Measured, now: number): string {
  const times = Array.from({ length: DAY_SECONDS / STEP_SECONDS + 1 }, (_, place) => place * STEP_SECONDS);
  const lines = Object.entries(measured)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([series, value]) =>
      times.map((seconds) => {
        const number = typeof value === "number" ? value : value(seconds);
        return `${series} ${number} ${now - DAY_SECONDS + seconds}`;
      }),
    );
  return `${lines.join("\n")}\n# EOF\n`;
}
