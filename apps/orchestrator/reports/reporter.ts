import { NewReportSchedule } from "@homeslice/protocol";
import { sql } from "kysely";
import type { Context } from "../context.ts";
import { type Connection, transact } from "../database/database.ts";
import { narrowTo } from "../database/tenancy.ts";
import { Loop } from "../loop.ts";
import { announce } from "../notifications/announce.ts";
import { newestUntil } from "../schedules/fires.ts";
import { type Order, writeReport } from "./reports.ts";
import * as repository from "./repository.ts";
import { timesOf } from "./schedules.ts";

const DAY_MS = 86_400_000;
/** How far back the first report of a schedule goes, at most. */
const LONGEST_MS = 366 * DAY_MS;
/** What was begun before a report ends is written by then. */
const SETTLED_MS = 60_000;

/**
 * Makes the reports that are due. Every orchestrator does. A report, and until when its schedule reaches, are written in
 * one transaction: each time has its report once, without a gap between two, whoever is killed at whatever moment.
 */
export class Reporter {
  readonly #context: Context;
  readonly #publicUrl: URL | undefined;
  readonly #loop: Loop;

  /** @param publicUrl where people reach the orchestrator: for the link to a report */
  constructor(context: Context, publicUrl: URL | undefined) {
    this.#context = context;
    this.#publicUrl = publicUrl;
    this.#loop = new Loop("reporter", () => this.#makeDue(), context.timings.scheduleMs, context.log);
  }

  start(): void {
    this.#loop.start();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
  }

  async #makeDue(): Promise<void> {
    const { database, now, log } = this.#context;
    const failed: string[] = [];
    for (;;) {
      let id: string | undefined;
      try {
        const row = await transact(database, async (transaction) => {
          const due = await repository.lockDue(transaction, new Date(now().getTime() - SETTLED_MS), failed);
          id = due?.report_schedule_id;
          if (due !== undefined) await this.#serve(transaction, due);
          return due;
        });
        if (row === undefined) return;
      } catch (error) {
        if (id === undefined) throw error;
        // One report that cannot be made must not keep the others waiting.
        log.error({ err: error, report_schedule_id: id }, "a report could not be made and will be tried again");
        failed.push(id);
      }
    }
  }

  async #serve(transaction: Connection, row: repository.ScheduleRow): Promise<void> {
    const schedule = NewReportSchedule.parse(row.definition);
    const times = timesOf(schedule);
    const now = this.#context.now().getTime();
    const covered = row.covered_until ?? new Date(newestUntil(times, now - LONGEST_MS, now));
    const planned = row.planned_version === row.version;
    if (planned && row.next_at !== null) await this.#make(transaction, row, schedule, [covered, row.next_at]);
    const covered_until = planned ? (row.next_at ?? covered) : covered;
    const next = schedule.paused ? undefined : times.next(planned ? covered_until.getTime() : now);
    await repository.plan(transaction, row, { covered_until, next_at: next === undefined ? null : new Date(next) });
  }

  async #make(
    transaction: Connection,
    { report_schedule_id, tenant_id: tenant }: repository.ScheduleRow,
    { name, kind, formats, keep_days }: NewReportSchedule,
    [since, until]: readonly [Date, Date],
  ): Promise<void> {
    // Writing it may take long, and nobody waits for the lock of its schedule.
    await sql`set local idle_in_transaction_session_timeout = 0`.execute(transaction);
    await narrowTo(transaction, tenant);
    const expires_at = new Date(this.#context.now().getTime() + keep_days * DAY_MS);
    const made: string[] = [];
    for (const format of formats) {
      const order: Order = { kind, format, tenant, since, until, by: `schedule ${name}` };
      const row = { report_schedule_id, name, kind, format, since, until, expires_at };
      const content = writeReport(this.#context, transaction, order);
      made.push(await repository.storeReport(transaction, row, content));
    }
    const path = `api/v1/reports/${made[0]}/content`;
    const link = this.#publicUrl === undefined ? path : new URL(path, this.#publicUrl).href;
    await announce(transaction, [{ tenant_id: tenant, event: "report.ready", fields: { report: name, link } }]);
    this.#context.log.info({ report_schedule_id, reports: made }, "a report was made");
  }
}
