import { randomUUID } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { spawnShim } from "@homeslice/agent/jobs/shim.ts";
import { Sandbox } from "@homeslice/agent/sandbox/sandbox.ts";
import type { Installation } from "../../rig/installation.ts";
import { eventually } from "../../support/eventually.ts";
import { quantile } from "../bench.ts";
import { wallClock } from "../wallClock.ts";

const SAMPLES = 50;
const PAUSE_MS = 20;
const policy = { isolation: "standard", network: true, writablePaths: [] } as const;

/**
 * The floor of a start: the same command in the same sandbox, started by nobody but this process, until it looks at the
 * clock. What the kernel takes for control groups, namespaces and mounts is most of it. @returns milliseconds, the median
 */
export async function confinedStart(installation: Installation): Promise<number> {
  const sandbox = await Sandbox.find(randomUUID());
  const now = wallClock();
  const times: number[] = [];
  for (let i = 0; i < SAMPLES; i++) {
    await setTimeout(PAUSE_MS);
    times.push(await startOnce(sandbox, installation.path(`start-${i}`), `bench-${process.pid}-${i}`, now));
  }
  return quantile(times, 0.5);
}

async function startOnce(sandbox: Sandbox, directory: string, attempt: string, now: () => number): Promise<number> {
  const work = join(directory, "work");
  await mkdir(work, { recursive: true });
  const began = now();
  const confinement = await sandbox.confine({
    attempt,
    directory,
    work,
    hidden: [],
    shown: [],
    policy,
    isolate: true,
    limits: {},
  });
  if ("refusal" in confinement) throw new Error(confinement.refusal);
  const { wrapper, groups } = confinement;
  await spawnShim({
    directory,
    token: "start",
    groups,
    environment: {},
    workingDirectory: work,
    argv: [...wrapper, "/bin/date", "+%s%N"],
  });
  const printed = async () => await readFile(join(directory, "stdout"), "utf8").catch(() => "");
  const ended = async () => (await readFile(join(directory, "exit"), "utf8").catch(() => "")) !== "";
  await eventually(ended, "the command has ended");
  await sandbox.release(attempt);
  return Number(await printed()) / 1e6 - began;
}
