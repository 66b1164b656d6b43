import { readdir, readFile } from "node:fs/promises";
import { hasCode } from "../errors.ts";

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly session: number;
  /** Name of the program, as the kernel keeps it. */
  readonly name: string;
}

let boot: Promise<string> | undefined;

/** Names this run of the kernel: no process outlives it. */
export async function bootId(): Promise<string> {
  boot ??= readFile("/proc/sys/kernel/random/boot_id", "utf8").then((text) => text.trim());
  return await boot;
}

/** Arguments of a process; undefined when it is gone or a zombie. */
export async function argumentsOf(pid: number): Promise<string[] | undefined> {
  const text = await readProc(pid, "cmdline");
  return text ? text.split("\0") : undefined;
}

/** Ticks of the kernel's clock in a second, as it tells them to programs: the same on every Linux. */
const TICKS = 100;

/** Seconds since a process was started, whatever was done to the wall clock; undefined when it is gone. */
export async function ageOf(pid: number): Promise<number | undefined> {
  const stat = await readProc(pid, "stat");
  const startedAt = stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  if (startedAt === undefined) return undefined;
  const uptime = Number.parseFloat(await readFile("/proc/uptime", "utf8"));
  return Math.max(0, uptime - Number(startedAt) / TICKS);
}

/**
 * Every process that belongs to a session, descends from its leader, or carries all marks (`NAME=value`) in its
 * environment: a daemon leaves its session and its parent, but keeps what it inherited.
 *
 * @param members processes that are known to belong to it, by its control group
 */
export async function processTree(
  leader: number | undefined,
  marks: readonly string[],
  members: readonly number[] = [],
): Promise<Process[]> {
  const all = await listProcesses();
  const found = new Set(members);
  for (const { pid, session } of all) {
    if (session === leader || pid === leader || (await isMarked(pid, marks))) found.add(pid);
  }
  for (let size = -1; size !== found.size; ) {
    size = found.size;
    for (const { pid, parent } of all) if (found.has(parent)) found.add(pid);
  }
  return all.filter(({ pid }) => found.has(pid));
}

/** Sends a signal to a process that may be gone. False: the process belongs to somebody whom the agent cannot command. */
export function signalProcess(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (hasCode(error, "EPERM")) return false;
    if (!hasCode(error, "ESRCH")) throw error;
  }
  return true;
}

async function listProcesses(): Promise<Process[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(pids.map(readProcess));
  return found.filter((process) => process !== undefined);
}

async function readProcess(pid: number): Promise<Process | undefined> {
  const stat = await readProc(pid, "stat");
  // The name, in brackets, may hold anything: the fields are counted from behind it (proc(5)).
  const [state, parent, , session] = stat?.slice(stat.lastIndexOf(")") + 2).split(" ") ?? [];
  if (state === undefined || state === "Z" || state === "X") return undefined;
  const name = stat?.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")")) ?? "";
  return { pid, parent: Number(parent), session: Number(session), name };
}

async function isMarked(pid: number, marks: readonly string[]): Promise<boolean> {
  const environment = (await readProc(pid, "environ"))?.split("\0");
  return environment !== undefined && marks.every((mark) => environment.includes(mark));
}

/** A file of a process; undefined when the process is gone or belongs to somebody else. */
async function readProc(pid: number, name: string): Promise<string | undefined> {
  try {
    return await readFile(`/proc/${pid}/${name}`, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT", "ESRCH", "EACCES", "EPERM")) return undefined;
    throw error;
  }
}
