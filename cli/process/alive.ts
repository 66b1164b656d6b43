import { readFileSync } from "node:fs";

/**
 * Whether a process with this id is at work, also when it belongs to another user. One that has ended is not, even if
 * nobody has taken note of that yet, as in containers where nobody adopts orphans.
 */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EPERM")) return false;
  }
  return statusFields(pid)?.[0] !== "Z";
}

/**
 * When a process was started, as an opaque text that differs when its id was given to a later process; undefined where
 * the system does not tell (only Linux does so without a further program).
 */
export function startOf(pid: number): string | undefined {
  return statusFields(pid)?.[19]; // field 22 of proc_pid_stat(5)
}

/** What Linux tells of a process, from its third field on: the two before are the id and the name in parentheses. */
function statusFields(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}
