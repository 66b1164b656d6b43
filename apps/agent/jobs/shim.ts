/**
 * The shim: the parent of a command, a few lines of /bin/sh in a session of their own. It outlives the agent, so that a
 * command goes on when the agent is killed, and leaves its exit status in a file. The script is a constant; everything
 * that varies reaches it as arguments.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { open, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, pause } from "../clock.ts";
import { hasCode } from "../errors.ts";
import { readIfPresent } from "../files.ts";
import type { Prepared } from "../operations/preparation.ts";
import { argumentsOf, findProcess, type Process } from "./processes.ts";

/** The shim could not take its token: nothing ran. */
export const NOT_STARTED = 75;

/** The traps keep the shim alive when its group is told to end, and are not inherited by the command. */
export const BEGIN = `
umask 077
trap : TERM INT HUP
`;

/** What the process does that becomes the command. Descriptor 9 is for the sandbox, if there is a filter for it to read. */
export const ENTER = `
  IFS=:
  for homeslice_group in $3; do
    echo 0 >"$homeslice_group/cgroup.procs" || exit 126
  done
  unset IFS homeslice_group
  cd -- "$2" || exit 126
  unset OLDPWD
  shift 3
  if [ -e "$0/seccomp" ]; then exec 9<"$0/seccomp"; fi
`;

/** An exit status is complete with its line break; on a full disk it is written when there is room. */
export const END = `
times >"$0/times"
until echo $homeslice_status >"$0/exit"; do sleep 1; done
`;

/**
 * $0 is the directory of the attempt, $1 the start token, $2 the working directory, $3 the control groups to join, with
 * colons between, the rest the command. The token is taken by exclusive create (set -C): of two shims, or a shim and an
 * agent that calls the start off, one gets it.
 */
const SCRIPT = `${BEGIN}
set -C
echo $$ >"$0/$1" || exit ${NOT_STARTED}
set +C
(${ENTER}
  exec "$@"
) </dev/null >>"$0/stdout" 2>>"$0/stderr"
homeslice_status=$?
${END}`;

const VOID = "void";
const TOKEN_PATIENCE = 1_000;
const TOKEN_INTERVAL = 10;

export interface Launch extends Pick<Prepared, "environment" | "workingDirectory"> {
  readonly directory: string;
  readonly token: string;
  readonly argv: readonly string[];
  /** Control groups that the command joins. */
  readonly groups: readonly string[];
}

/** A shim that was spawned. */
export type Shim = ChildProcess & { readonly pid: number };

/** Spawns the shim. @throws what the kernel refused, for example E2BIG for too many arguments */
export async function spawnShim(launch: Launch): Promise<Shim> {
  return await spawnScript(SCRIPT, launch, "ignore");
}

/** Spawns a script that takes the arguments of the shim. @throws what the kernel refused */
export async function spawnScript(
  script: string,
  { directory, token, argv, environment, workingDirectory, groups }: Launch,
  stdin: "ignore" | "pipe",
): Promise<Shim> {
  const child = spawn("/bin/sh", ["-c", script, directory, token, workingDirectory, groups.join(":"), ...argv], {
    cwd: join(directory, "work"),
    env: environment,
    detached: true,
    stdio: [stdin, "ignore", "ignore"],
  });
  await once(child, "spawn");
  child.unref();
  const { pid } = child;
  if (pid === undefined) throw new Error("a spawned process has no number");
  return Object.assign(child, { pid });
}

/** The shim of the attempt; undefined when it is gone, and its number perhaps that of another process. */
export async function findShim(pid: number, directory: string): Promise<Process | undefined> {
  const found = await findProcess(pid);
  return (await argumentsOf(pid))?.[3] === directory ? found : undefined;
}

/** Takes the token, so that a shim which comes late does not start. False: a shim had it first. */
export async function callOff(directory: string, token: string): Promise<boolean> {
  try {
    const file = await open(join(directory, token), "wx", 0o600);
    await file.writeFile(`${VOID}\n`);
    await file.close();
    return true;
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
    return (await readIfPresent(join(directory, token)))?.trim() === VOID;
  }
}

/** Who took the token, and when; undefined when the taker died before it could say so. */
export async function tokenTaker(
  directory: string,
  token: string,
  clock: Clock,
): Promise<{ pid: number; at: Date } | undefined> {
  const path = join(directory, token);
  for (const deadline = clock.monotonic() + TOKEN_PATIENCE; ; await pause(clock, TOKEN_INTERVAL)) {
    const pid = Number.parseInt((await readIfPresent(path)) ?? "", 10);
    if (pid > 0) return { pid, at: (await stat(path)).mtime };
    if (clock.monotonic() >= deadline) return undefined;
  }
}

/** Processor time of all that the shim waited for, in seconds; undefined as long as it waits. */
export async function processorTime(directory: string): Promise<number | undefined> {
  const children = (await readIfPresent(join(directory, "times")))?.split("\n")[1];
  const times = [...(children ?? "").matchAll(/(\d+)m([\d.]+)s/g)];
  if (times.length === 0) return undefined;
  return times.reduce((sum, [, minutes, seconds]) => sum + 60 * Number(minutes) + Number(seconds), 0);
}

/** The exit status that the shim left, undefined as long as there is none. */
export async function exitStatus(directory: string): Promise<number | undefined> {
  const text = await readIfPresent(join(directory, "exit"));
  return text?.endsWith("\n") ? Number.parseInt(text, 10) : undefined;
}
