import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** The command line of a process, its words joined by spaces; undefined when it is gone or the system does not tell. */
export function commandLineOf(pid: number): string | undefined {
  if (process.platform !== "linux") {
    const { status, stdout } = spawnSync("ps", ["-p", String(pid), "-o", "command="], { encoding: "utf8" });
    return status === 0 ? stdout.trim() : undefined;
  }
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
  } catch {
    return undefined;
  }
}
