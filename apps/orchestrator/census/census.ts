import type { Context } from "../context.ts";
import { type Counted, countAll } from "./repository.ts";

/** However often metrics are asked for, the database is counted no more often: milliseconds. */
const FRESH_MS = 5_000;

/**
 * Measures what is in the database and not in this process: work, breakers, locks. Every orchestrator shows the same, so
 * whoever looks at several takes the greatest.
 */
export class Census {
  readonly #context: Context;
  #takenAt = Number.NEGATIVE_INFINITY;

  constructor(context: Context) {
    this.#context = context;
  }

  /** Brings the metrics up to date. While the database does not answer, they are not there, rather than wrong. */
  async take(): Promise<void> {
    const { databases, log } = this.#context;
    if (performance.now() - this.#takenAt < FRESH_MS) return;
    this.#takenAt = performance.now();
    try {
      this.#show(await countAll(databases.system));
    } catch (error) {
      log.warn({ err: error }, "what is in the database could not be counted");
      this.#reset();
    }
  }

  #show({ queued, held, open, oldest_wait_seconds, breakers, locks }: Counted): void {
    const { metrics } = this.#context;
    this.#reset();
    for (const [state, count] of Object.entries({ queued, held, open })) metrics.work.set({ state }, count);
    metrics.oldestWait.set(oldest_wait_seconds ?? 0);
    for (const state of ["closed", "half_open", "open"] as const) metrics.breakers.set({ state }, 0);
    for (const { state, servers } of breakers) metrics.breakers.set({ state }, servers);
    for (const type of ["execution", "maintenance", "emergency"] as const) metrics.locks.set({ type }, 0);
    for (const { lock_type: type, locks: count } of locks) metrics.locks.set({ type }, count);
  }

  #reset(): void {
    const { work, oldestWait, breakers, locks } = this.#context.metrics;
    for (const gauge of [work, breakers, locks]) gauge.reset();
    oldestWait.remove();
  }
}
