import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { open, readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";

/** A process that outlives the one that started it. */
export interface ProcessRecord {
  readonly name: string;
  readonly pid: number;
}

export interface ProcessSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** File that receives stdout and stderr; emptied first. */
  readonly log: string;
}

/** Starts a process in a group of its own, so that Ctrl-C in the terminal does not reach it. */
export async function startProcess(spec: ProcessSpec): Promise<ProcessRecord> {
  const log = await open(spec.log, "w");
  try {
    const child = spawn(spec.command, spec.args, { detached: true, stdio: ["ignore", log.fd, log.fd] });
    await once(child, "spawn");
    child.unref();
    const pid = child.pid ?? 0;
    // For a moment it has no command line yet, by which it is known from then on.
    while (child.exitCode === null && child.signalCode === null && (await commandLine(pid).catch(() => "")) === "")
      await delay(5);
    return { name: spec.name, pid };
  } finally {
    await log.close();
  }
}

/** Whether a process of this id exists and may be signalled. */
export function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Whether the process still is the one that was started for `dir`: ids are reused, all of ours name `dir` in argv. */
export async function isOurs(pid: number, dir: string): Promise<boolean> {
  if (!isRunning(pid)) return false;
  try {
    return (await commandLine(pid)).includes(dir);
  } catch {
    return false; // ended meanwhile
  }
}

async function commandLine(pid: number): Promise<string> {
  if (process.platform === "linux") return readFile(`/proc/${pid}/cmdline`, "utf8");
  const { stdout } = await promisify(execFile)("ps", ["-o", "command=", "-p", String(pid)]);
  return stdout;
}

/** Ends processes one after the other, last started first: SIGTERM, and SIGKILL after `graceMs`. */
export async function stopProcesses(records: readonly ProcessRecord[], dir: string, graceMs = 5_000): Promise<void> {
  for (const { pid } of records.toReversed()) {
    if (!(await isOurs(pid, dir))) continue;
    process.kill(pid, "SIGTERM");
    if (await ended(pid, dir, graceMs)) continue;
    process.kill(pid, "SIGKILL");
    await ended(pid, dir, graceMs);
  }
}

async function ended(pid: number, dir: string, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  while (Date.now() < deadline) {
    if (!(await isOurs(pid, dir))) return true;
    await delay(20);
  }
  return false;
}
