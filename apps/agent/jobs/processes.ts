import { readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { hasCode } from "../errors.ts";

/** A process as it was when it was looked at. Its number may be another's since then: where many come and go, soon. */
export interface Process {
  readonly pid: number;
  /** In ticks since the kernel was started: with the number, this names one process and no other. */
  readonly startedAt: number;
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

/** Seconds since a process was started, whatever was done to the wall clock. */
export async function ageOf({ startedAt }: Process): Promise<number> {
  const uptime = Number.parseFloat(await readFile("/proc/uptime", "utf8"));
  return Math.max(0, uptime - startedAt / TICKS);
}

/** The process that has a number now; undefined when none has, or a zombie. */
export async function findProcess(pid: number): Promise<Process | undefined> {
  return parseStat(pid, await readProc(pid, "stat"));
}

/**
 * Every process that belongs to a session, descends from its leader, or carries all marks (`NAME=value`) in its
 * environment: a daemon leaves its session and its parent, but keeps what it inherited.
 *
 * Looking takes a while, in which numbers change hands. So whatever tells of a process is looked at after the process,
 * and `signalProcess` looks once more.
 *
 * @param members tells the numbers of processes that are known to belong to it, by its control group
 */
export async function processTree(
  leader: Process | undefined,
  marks: readonly string[],
  members: () => Promise<readonly number[]> = async () => [],
): Promise<Process[]> {
  const all = await listProcesses();
  const known = new Set(await members());
  const session = leader !== undefined && (await keepsNumber(leader)) ? leader.pid : undefined;
  const found = new Set<Process>();
  for (const process of all) {
    if (process.session === session || known.has(process.pid) || (await isMarked(process.pid, marks)))
      found.add(process);
  }
  for (let fresh = [...found]; fresh.length > 0; ) {
    const parents = new Set((await stillThere(fresh)).map(({ pid }) => pid));
    fresh = all.filter((process) => !found.has(process) && parents.has(process.parent));
    for (const process of fresh) found.add(process);
  }
  return all.filter((process) => found.has(process));
}

/**
 * Sends a signal to a process, or to none when it is gone.
 * @returns false when it belongs to somebody whom the agent cannot command
 */
export function signalProcess({ pid, startedAt }: Process, signal: NodeJS.Signals): boolean {
  try {
    if (parseStat(pid, readFileSync(`/proc/${pid}/stat`, "utf8"))?.startedAt === startedAt) process.kill(pid, signal);
  } catch (error) {
    if (hasCode(error, "EPERM")) return false;
    if (!hasCode(error, "ESRCH", "ENOENT")) throw error;
  }
  return true;
}

async function listProcesses(): Promise<Process[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(pids.map(findProcess));
  return found.filter((process) => process !== undefined);
}

/** Those that have not ended since they were looked at. */
async function stillThere(processes: readonly Process[]): Promise<Process[]> {
  const now = await Promise.all(processes.map(({ pid }) => findProcess(pid)));
  return processes.filter(({ startedAt }, index) => now[index]?.startedAt === startedAt);
}

/** Whether the number of a process is still its own: also when it has ended, as long as no other has got it. */
async function keepsNumber({ pid, startedAt }: Process): Promise<boolean> {
  const now = await findProcess(pid);
  return now === undefined || now.startedAt === startedAt;
}

/** @param stat what the kernel says of it in one line (proc_pid_stat(5)); undefined when there is no such process */
function parseStat(pid: number, stat: string | undefined): Process | undefined {
  // The name, in brackets, may hold anything: the fields are counted from behind it.
  const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ") ?? [];
  const [state, parent, , session] = fields;
  if (stat === undefined || state === undefined || state === "Z" || state === "X") return undefined;
  const name = stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")"));
  return { pid, startedAt: Number(fields[19]), parent: Number(parent), session: Number(session), name };
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
