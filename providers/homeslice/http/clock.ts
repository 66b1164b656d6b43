import { setTimeout } from "node:timers/promises";

/** Time and chance, given from outside so that tests decide on them. */
export interface Clock {
  /** Milliseconds that only ever grow. */
  readonly now: () => number;
  /** Current date, for dates that servers name. */
  readonly date: () => Date;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/** Time as it passes. */
export const realClock: Clock = {
  now: () => performance.now(),
  date: () => new Date(),
  sleep: (ms, signal) => setTimeout(ms, undefined, signal ? { signal } : {}),
  random: Math.random,
};
