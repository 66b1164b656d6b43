import { setTimeout } from "node:timers/promises";

const POLL_INTERVAL_MS = 20;

/** Waits until a condition holds; fails with its name when that takes longer than the time-out. */
export async function eventually(
  condition: () => boolean | Promise<boolean>,
  name: string,
  timeoutMs = 30_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`still not so after ${timeoutMs / 1000} s: ${name}`);
    await setTimeout(POLL_INTERVAL_MS);
  }
}
