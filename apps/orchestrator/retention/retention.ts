import type { Context } from "../context.ts";
import { createPartitions, dropPartitions } from "../logs/partitions.ts";
import { Loop } from "../loop.ts";
import { deleteExpired } from "../reports/repository.ts";
import type { Retention } from "../settings.ts";
import {
  deleteAudit,
  deleteCalls,
  deleteDeliveries,
  deleteExecutions,
  deleteFires,
  deleteOutput,
  deleteRuns,
} from "./repository.ts";

const DAY_MS = 86_400_000;
/** Executions, or entries of the audit log, deleted in one transaction: little enough that nobody waits for it. */
const BATCH = 1_000;
/** Days for which there is room for output already: as long as orchestrators may be away, and more. */
const PARTITIONS_AHEAD_DAYS = 14;

/** Deletes what is older than it is to be kept, a little at a time. Every orchestrator does; it does not matter which. */
export class Retainer {
  readonly #context: Context;
  readonly #days: Retention;
  readonly #loop: Loop;

  constructor(context: Context, days: Retention) {
    this.#context = context;
    this.#days = days;
    this.#loop = new Loop("retention", () => this.#retain(), context.timings.retentionMs, context.log);
  }

  /** Makes room for output, which agents may have as soon as they have links, and then looks after what is kept. */
  async start(): Promise<void> {
    await this.#makeRoom().catch((error: unknown) => {
      this.#context.log.warn({ err: error }, "there may be no room for output of today before the next look");
    });
    this.#loop.start();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
  }

  async #retain(): Promise<void> {
    const { database, log } = this.#context;
    const { outputDays, executionDays, auditDays } = this.#days;
    await this.#makeRoom();
    // Nobody's output outlives their executions.
    const kept = Math.min(...[outputDays, executionDays].filter((days) => days > 0));
    const partitions = Number.isFinite(kept) ? await dropPartitions(database, this.#daysAgo(kept)) : [];
    if (partitions.length > 0) log.info({ partitions }, "dropped output that is past its retention");
    const deleted = {
      lines: await this.#delete(outputDays, (before) => deleteOutput(database, dayOf(before), BATCH)),
      executions: await this.#delete(executionDays, (before) => deleteExecutions(database, before, BATCH)),
      fires: await this.#delete(executionDays, (before) => deleteFires(database, before, BATCH)),
      told: await this.#delete(executionDays, (before) => deleteDeliveries(database, before, BATCH)),
      calls: await this.#delete(executionDays, (before) => deleteCalls(database, before, BATCH)),
      runs: await this.#delete(executionDays, (before) => deleteRuns(database, before, BATCH)),
      entries: await this.#delete(auditDays, (before) => deleteAudit(database, before, BATCH)),
      reports: await deleteExpired(database, this.#context.now(), BATCH),
    };
    if (Object.values(deleted).every((count) => count === 0)) return;
    log.info(deleted, "deleted what is past its retention");
    this.#loop.wake();
  }

  async #makeRoom(): Promise<void> {
    await createPartitions(this.#context.database, this.#daysAgo(-PARTITIONS_AHEAD_DAYS));
  }

  /** @param days 0 keeps everything */
  async #delete(days: number, some: (before: Date) => Promise<number>): Promise<number> {
    return days === 0 ? 0 : await some(this.#daysAgo(days));
  }

  #daysAgo(days: number): Date {
    return new Date(this.#context.now().getTime() - days * DAY_MS);
  }
}

/** The beginning of the day of a time (UTC): output goes by whole days. */
function dayOf(time: Date): Date {
  return new Date(Math.floor(time.getTime() / DAY_MS) * DAY_MS);
}
