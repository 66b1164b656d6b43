import { setTimeout } from "node:timers/promises";
import { isAlive, startOf } from "./alive.ts";

const POLL_INTERVAL_MS = 20;

/** Ends a process by a signal and waits until it is gone; kills it when that takes longer than the time-out. */
export async function endProcess(pid: number, signal: NodeJS.Signals, timeoutMs: number): Promise<void> {
  const start = startOf(pid);
  const isGone = () => !isRunning(pid, start);
  const deadline = Date.now() + timeoutMs;
  let killed = false;
  send(pid, signal);
  while (!isGone()) {
    if (!killed && Date.now() > deadline) {
      send(pid, "SIGKILL");
      killed = true;
    }
    await setTimeout(POLL_INTERVAL_MS);
  }
}

/** Whether a process is still the one that was started then, and at work. */
export function isRunning(pid: number, start: string | undefined): boolean {
  return isAlive(pid) && startOf(pid) === start;
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}
