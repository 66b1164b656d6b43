import { appendFileSync, copyFileSync, readFileSync, rmSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import type { LocalHome } from "./home.ts";
import { type ComponentName, componentNames } from "./state.ts";

/** Whose logs there are. */
export const logNames = ["supervisor", ...componentNames] as const;
export type LogName = (typeof logNames)[number];

/** Largest size of one log file, in bytes; the part before it is kept in a second one. */
const MAX_LOG_BYTES = 8 * 1024 * 1024;
const CHECK_INTERVAL_MS = 2_000;

export function logPath(home: LocalHome, name: LogName): string {
  return join(home.logs, `${name}.log`);
}

/** Where the part before the present file is kept. */
export function olderLogPath(home: LocalHome, name: LogName): string {
  return `${logPath(home, name)}.1`;
}

/** Adds an event of the supervisor to its log, in the form of the other components' logs. */
export function logEvent(home: LocalHome, component: ComponentName | undefined, msg: string): void {
  const line = { level: 30, time: Date.now(), component, msg };
  appendFileSync(logPath(home, "supervisor"), `${JSON.stringify(line)}\n`, { mode: 0o600 });
}

/**
 * Keeps the log files bounded from now on; returns what ends it. Components write to the files themselves, so that
 * they go on without the supervisor: a file is copied and emptied in place, and they append to it from its new start.
 */
export function boundLogs(home: LocalHome, maxBytes = MAX_LOG_BYTES): () => void {
  const rotateAll = () => {
    for (const name of logNames) rotate(home, name, maxBytes);
  };
  rotateAll();
  const timer = setInterval(rotateAll, CHECK_INTERVAL_MS);
  timer.unref();
  return () => clearInterval(timer);
}

function rotate(home: LocalHome, name: LogName, maxBytes: number): void {
  const path = logPath(home, name);
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size <= maxBytes) return;
  try {
    copyFileSync(path, olderLogPath(home, name));
  } catch {
    rmSync(olderLogPath(home, name), { force: true }); // a full disk: then the bound matters more than the older part
  }
  truncateSync(path);
}

const END_LINES = 10;

/** The last lines of a log, for a message about what went wrong. */
export function endOf(path: string): string {
  return readFileSync(path, "utf8").trimEnd().split("\n").slice(-END_LINES).join("\n");
}
