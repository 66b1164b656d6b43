import { type Actor, ApiError, NewSchedule } from "@homeslice/protocol";
import { Actions } from "../actions/actions.ts";
import { recordChange, systemActor } from "../audit/audit.ts";
import type { Context } from "../context.ts";
import { type Connection, transact } from "../database/database.ts";
import { narrowTo } from "../database/tenancy.ts";
import { Executions } from "../executions/executions.ts";
import { Loop } from "../loop.ts";
import { announce } from "../notifications/announce.ts";
import { WorkflowStarter } from "../workflows/starting.ts";
import { dueFires } from "./fires.ts";
import * as repository from "./repository.ts";

/**
 * Starts what is due. Every orchestrator does. A time, what it starts and the time that comes next are written in one
 * transaction, and a time is written once: so it fires exactly once, whoever is killed at whatever moment.
 */
export class Scheduler {
  readonly #context: Context;
  readonly #executions: Executions;
  readonly #workflows: WorkflowStarter;
  readonly #loop: Loop;

  constructor(context: Context) {
    this.#context = context;
    const actions = new Actions(context);
    this.#executions = new Executions(context, actions);
    this.#workflows = new WorkflowStarter(context, actions);
    this.#loop = new Loop("scheduler", () => this.#fireDue(), context.timings.scheduleMs, context.log);
  }

  start(): void {
    this.#loop.start();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
  }

  async #fireDue(): Promise<void> {
    const { database, bus, log } = this.#context;
    const failed: string[] = [];
    for (;;) {
      let scheduleId: string | undefined;
      try {
        const fired = await transact(database, async (transaction) => {
          const row = await repository.lockDue(transaction, this.#context.now(), failed);
          scheduleId = row?.schedule_id;
          return row === undefined ? undefined : await this.#fire(transaction, row);
        });
        if (fired === undefined) return;
        if (fired > 0) bus.publish({ kind: "work" });
      } catch (error) {
        if (scheduleId === undefined) throw error;
        // One schedule that cannot be served must not keep the others waiting.
        log.error({ err: error, schedule_id: scheduleId }, "a schedule could not be served and will be tried again");
        failed.push(scheduleId);
      }
    }
  }

  /** @returns how often it started something */
  async #fire(transaction: Connection, row: repository.ScheduleRow): Promise<number> {
    const now = this.#context.now();
    await narrowTo(transaction, row.tenant_id);
    const schedule = NewSchedule.parse(row.definition);
    const due = dueFires(schedule, (row.next_at ?? now).getTime(), now.getTime());
    if (due.missed !== undefined) await this.#miss(transaction, row, new Date(due.missed));
    let started = 0;
    for (const time of due.times) {
      const scheduled_at = new Date(time);
      // The clock of another orchestrator may have been ahead of that by which the schedule was changed since.
      if (await repository.hasFired(transaction, row.schedule_id, scheduled_at)) continue;
      const { outcome } = await this.#fireOnce(transaction, row, schedule, scheduled_at);
      this.#context.metrics.scheduleFires.inc({ outcome });
      if (outcome === "started") started++;
    }
    await repository.setNext(transaction, row.schedule_id, due.next);
    return started;
  }

  async #fireOnce(
    transaction: Connection,
    row: repository.ScheduleRow,
    schedule: NewSchedule,
    scheduled_at: Date,
  ): Promise<repository.FireToInsert> {
    const result = await this.#attempt(transaction, row, schedule);
    const fire = { schedule_id: row.schedule_id, scheduled_at, fired_at: this.#context.now(), ...result };
    if (!(await repository.insertFire(transaction, fire))) throw new Error("this time has fired meanwhile");
    if (fire.outcome === "failed") await announceTrouble(transaction, row, "schedule.failed", fire.message);
    return fire;
  }

  async #attempt(
    transaction: Connection,
    row: repository.ScheduleRow,
    schedule: NewSchedule,
  ): Promise<Pick<repository.FireToInsert, "outcome" | "execution_id" | "run_id" | "message">> {
    if (schedule.overlap === "skip" && (await repository.isGoingOn(transaction, row.schedule_id))) {
      const message = "what was started before was still going on";
      return { outcome: "skipped", execution_id: null, run_id: null, message };
    }
    try {
      const started = await this.#start(transaction, row, schedule);
      return { outcome: "started", execution_id: null, run_id: null, ...started, message: null };
    } catch (error) {
      // Refused before anything was written, so the transaction is still good.
      if (!(error instanceof ApiError)) throw error;
      this.#context.log.warn({ err: error, schedule_id: row.schedule_id }, "a schedule could not start anything");
      return { outcome: "failed", execution_id: null, run_id: null, message: error.message };
    }
  }

  /** @throws ApiError before anything was written */
  async #start(
    transaction: Connection,
    row: repository.ScheduleRow,
    { execution, workflow }: NewSchedule,
  ): Promise<{ execution_id: string } | { run_id: string }> {
    const origin = { actor: actorOf(row), initiatedBy: row.owner, scheduleId: row.schedule_id };
    if (workflow !== undefined) return { run_id: await this.#workflows.startWithin(transaction, workflow, origin) };
    if (execution === undefined) throw new RangeError("the schedule starts nothing");
    return { execution_id: await this.#executions.startWithin(transaction, execution, origin) };
  }

  async #miss(transaction: Connection, row: repository.ScheduleRow, scheduled_at: Date): Promise<void> {
    const { schedule_id, name } = row;
    const message = "no orchestrator ran in time; earlier times since the last one are missed, too";
    const fire = { schedule_id, scheduled_at, fired_at: this.#context.now(), execution_id: null, run_id: null };
    await repository.insertFire(transaction, { ...fire, outcome: "missed", message });
    const resource = { type: "schedule", id: schedule_id, name } as const;
    await recordChange(transaction, actorOf(row), "schedule.missed", resource, { scheduled_at });
    await announceTrouble(transaction, row, "schedule.missed", message);
    this.#context.metrics.scheduleFires.inc({ outcome: "missed" });
  }
}

async function announceTrouble(
  transaction: Connection,
  { tenant_id, name }: repository.ScheduleRow,
  event: "schedule.failed" | "schedule.missed",
  message: string | null,
): Promise<void> {
  await announce(transaction, [{ tenant_id, event, fields: { schedule: name, message: message ?? "" } }]);
}

function actorOf({ name }: repository.ScheduleRow): Actor {
  return systemActor(`schedule ${name}`);
}
