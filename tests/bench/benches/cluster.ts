import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import * as stacks from "../../e2e/clusterSupport.ts";
import { type Bench, figure, quantile } from "../bench.ts";

const run = promisify(execFile);
const EMPTY = join(import.meta.dirname, "../floors/emptyProgram.ts");

/** Commands of which a run with nothing to do is measured, and what that is to take at most, in seconds. */
const LIMITS = { preview: 10, up: 15 } as const;
type Measured = keyof typeof LIMITS;

/** The whole platform on a control plane of its own, where nothing is left to do. */
export const cluster: Bench = {
  description: "preview and up of the stack prod with nothing to do, beside those of an empty program",
  async run({ quick, say }) {
    const bench = await stacks.Bench.start();
    const empty = mkdtempSync(join(tmpdir(), "homeslice-empty-"));
    try {
      bench.configure("prod", quick ? stacks.core : { domain: "home.example.org" });
      const first = await seconds(async () => {
        stacks.report(await bench.run(["up", "--stack", "prod", "--yes", "--json"]));
      });
      say(`first up: ${first.toFixed(1)} s`);
      await emptyProgram(empty, "up");
      const runs = quick ? 1 : 3;
      const median = async (work: () => Promise<number>) => quantile(await repeated(runs, work), 0.5);
      const measured = async (command: Measured) => {
        const value = await median(() => secondsUnchanged(bench, "prod", command));
        const floor = await median(() => seconds(() => emptyProgram(empty, command)));
        say(`${command}: ${value.toFixed(1)} s, load ${loadavg()[0]?.toFixed(1)}`);
        return figure({ value, unit: "s", atMost: LIMITS[command], floor });
      };
      return {
        cluster_up_first: figure({ value: first, unit: "s" }),
        cluster_preview_unchanged: await measured("preview"),
        cluster_up_unchanged: await measured("up"),
      };
    } finally {
      rmSync(empty, { recursive: true, force: true });
      await bench.stop();
    }
  },
};

/**
 * How long a command takes, from its start to its end.
 * @throws when it found anything to do
 */
export async function secondsUnchanged(bench: stacks.Bench, stack: string, command: Measured): Promise<number> {
  return seconds(async () => {
    const args = [command, "--stack", stack, "--json", ...(command === "up" ? ["--yes"] : [])];
    const { same, ...changes } = stacks.report(await bench.run(args)).changes;
    if (same === 0 || Object.values(changes).some((count) => count > 0)) {
      throw new Error(`there was something to do: ${JSON.stringify(changes)}`);
    }
  });
}

/** The same engine, state in files, and way to run a program; but no resources and no providers. */
async function emptyProgram(directory: string, command: Measured): Promise<void> {
  await run(process.execPath, [EMPTY, directory, command]);
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

async function repeated(times: number, work: () => Promise<number>): Promise<number[]> {
  const samples: number[] = [];
  while (samples.length < times) samples.push(await work());
  return samples;
}
