import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isAlive } from "../../process/alive.ts";
import { commandLineOf } from "../../process/commandLine.ts";
import { endProcess } from "../../process/end.ts";
import { type Account, type Command, runAs } from "./account.ts";
import type { Binaries } from "./binaries.ts";

/** Sized for one machine that does other things too. */
const SETTINGS = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "", // their paths may have 107 bytes at most, which a home may well exceed
  shared_buffers: "64MB",
  max_connections: "100",
  min_wal_size: "32MB",
  max_wal_size: "256MB",
  jit: "off",
  timezone: "UTC",
  log_timezone: "UTC",
  log_line_prefix: "%m [%p] ",
};

/** Milliseconds that a fast shutdown may take before PostgreSQL is killed; what was committed is safe either way. */
const STOP_TIMEOUT_MS = 20_000;

/** The command that runs the server on a data directory. */
export function serverCommand(
  directory: string,
  port: number,
  binaries: Binaries,
  account: Account,
  settings: Readonly<Record<string, string>> = {},
): Command {
  const all = Object.entries({ ...SETTINGS, ...settings, port: String(port) });
  const args = all.flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  return runAs(account, binaries.postgres, ["-D", directory, ...args]);
}

/** Whether the server with this process id accepts connections: it says so in its lock file, as pg_ctl reads it. */
export function isAccepting(directory: string, pid: number): boolean {
  const lines = lockFile(directory);
  return lines[0] === String(pid) && lines[7]?.trim() === "ready";
}

/**
 * Makes way for a server on a data directory that may have been left by a crash. A server that outlived its supervisor
 * is ended. A lock file is removed: its process id may meanwhile belong to another program, or to the remains of the
 * dead server. Should parts of that one still be at work, PostgreSQL notices by its shared memory.
 */
export async function clearLeftovers(directory: string): Promise<void> {
  const pid = Number(lockFile(directory)[0]);
  if (pid > 0 && isAlive(pid) && commandLineOf(pid)?.includes(directory)) {
    await endProcess(pid, "SIGINT", STOP_TIMEOUT_MS);
  }
  rmSync(lockPath(directory), { force: true });
}

function lockFile(directory: string): string[] {
  try {
    return readFileSync(lockPath(directory), "utf8").split("\n");
  } catch {
    return []; // no server has run since the last clean stop
  }
}

function lockPath(directory: string): string {
  return join(directory, "postmaster.pid");
}
