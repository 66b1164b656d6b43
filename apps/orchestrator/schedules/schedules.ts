import {
  type Actor,
  ApiError,
  NewSchedule,
  type RequestOf,
  type ResponseOf,
  type Schedule,
  type Timing,
} from "@homeslice/protocol";
import type { Actions } from "../actions/actions.ts";
import { recordChange } from "../audit/audit.ts";
import type { Context } from "../context.ts";
import type { Connection } from "../database/database.ts";
import { writeNamed } from "../definitions/naming.ts";
import { decideWork } from "../executions/planning.ts";
import { preconditionFailed } from "../http/errors.ts";
import { WorkflowStarter } from "../workflows/starting.ts";
import { nextFire } from "./fires.ts";
import { type Recurrence, recurrenceOf, timesAfter } from "./recurrence.ts";
import * as repository from "./repository.ts";

/** Times of a schedule that are looked at to see how close together they are. */
const LOOKED_AT = 10;

/** Schedules: the rules. What starts something is the scheduler. */
export class Schedules {
  readonly #context: Context;
  readonly #actions: Actions;
  readonly #workflows: WorkflowStarter;

  constructor(context: Context, actions: Actions) {
    this.#context = context;
    this.#actions = actions;
    this.#workflows = new WorkflowStarter(context, actions);
  }

  async list(query: RequestOf<"listSchedules">["query"]): Promise<ResponseOf<"listSchedules">> {
    const { database } = this.#context;
    const { rows, next_cursor } = await repository.listSchedules(database, query);
    return { items: await this.#withLastFires(database, rows), next_cursor };
  }

  /** @throws ApiError not_found */
  async get(scheduleId: string, connection: Connection = this.#context.database): Promise<Schedule> {
    const row = await repository.findSchedule(connection, scheduleId);
    if (row === undefined) throw noSchedule(scheduleId);
    return await this.#show(connection, row);
  }

  /** @throws ApiError invalid_request when it could never start anything, not_found for its action or workflow, conflict when the name is taken */
  async create(schedule: NewSchedule, actor: Actor): Promise<Schedule> {
    this.#refuseFaulty(schedule);
    return await writeNamed(this.#context.database, "schedule", schedule.name, async (transaction) => {
      await this.#refuseUnfit(transaction, schedule);
      const row = await repository.insertSchedule(transaction, schedule, actor.id, this.#next(schedule));
      const { schedule_id: id, name } = row;
      await recordChange(transaction, actor, "schedule.created", { type: "schedule", id, name }, { version: 1 });
      return await this.#show(transaction, row);
    });
  }

  /** Replaces a schedule; it belongs to the caller from now on. @throws ApiError as `create`, precondition_failed */
  async update(
    scheduleId: string,
    schedule: NewSchedule,
    version: number | undefined,
    actor: Actor,
  ): Promise<Schedule> {
    this.#refuseFaulty(schedule);
    const updated = await writeNamed(this.#context.database, "schedule", schedule.name, async (transaction) => {
      await this.#refuseUnfit(transaction, schedule);
      const change = { schedule, owner: actor.id, next: this.#next(schedule), version };
      const row = await repository.updateSchedule(transaction, scheduleId, change);
      if (row === undefined) return undefined;
      const resource = { type: "schedule", id: scheduleId, name: row.name } as const;
      const { paused } = schedule;
      await recordChange(transaction, actor, "schedule.updated", resource, { version: row.version, paused });
      return await this.#show(transaction, row);
    });
    if (updated !== undefined) return updated;
    const { version: current } = await this.get(scheduleId);
    throw preconditionFailed("schedule", current);
  }

  /** @throws ApiError not_found, precondition_failed when it is not in the version that the caller has seen */
  async delete(scheduleId: string, version: number | undefined, actor: Actor): Promise<void> {
    await this.#context.database.transaction().execute(async (transaction) => {
      const name = await repository.deleteSchedule(transaction, scheduleId, version);
      if (name === undefined) {
        const { version: current } = await this.get(scheduleId, transaction);
        throw preconditionFailed("schedule", current);
      }
      await recordChange(transaction, actor, "schedule.deleted", { type: "schedule", id: scheduleId, name });
    });
  }

  /** @throws ApiError not_found */
  async fires(
    scheduleId: string,
    query: RequestOf<"listScheduleFires">["query"],
  ): Promise<ResponseOf<"listScheduleFires">> {
    const { database } = this.#context;
    if ((await repository.findSchedule(database, scheduleId)) === undefined) throw noSchedule(scheduleId);
    const { rows, next_cursor } = await repository.listFires(database, scheduleId, query);
    return { items: rows.map(repository.toFire), next_cursor };
  }

  /** When something would be due. @throws ApiError invalid_request */
  async preview({ timing, after, count }: RequestOf<"previewTiming">["body"]): Promise<ResponseOf<"previewTiming">> {
    const start = after === undefined ? this.#context.now().getTime() : Date.parse(after);
    const times = timesAfter(understood(timing), start, count);
    return { fires: times.map((time) => new Date(time).toISOString()) };
  }

  /** @throws ApiError not_found, invalid_request when it could start nothing as things are now */
  async #refuseUnfit(transaction: Connection, { execution, workflow }: NewSchedule): Promise<void> {
    if (execution !== undefined) await decideWork(transaction, this.#actions, execution);
    if (workflow !== undefined) await this.#workflows.prepare(transaction, workflow);
  }

  #next(schedule: NewSchedule): repository.NextFire {
    return nextFire(schedule, this.#context.now().getTime());
  }

  #refuseFaulty({ timing, paused, jitter_seconds }: NewSchedule): void {
    const times = timesAfter(understood(timing), this.#context.now().getTime(), LOOKED_AT);
    if (times.length === 0 && !paused) throw unfit("timing", "it would never be due");
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? time));
    const shortest = Math.min(...gaps) / 1_000;
    if (jitter_seconds >= shortest) {
      throw unfit("jitter_seconds", `must be less than the ${shortest} seconds from one start to the next`);
    }
  }

  async #show(connection: Connection, row: repository.ScheduleRow): Promise<Schedule> {
    const [schedule] = await this.#withLastFires(connection, [row]);
    if (schedule === undefined) throw noSchedule(row.schedule_id);
    return schedule;
  }

  async #withLastFires(connection: Connection, rows: readonly repository.ScheduleRow[]): Promise<Schedule[]> {
    const ids = rows.map(({ schedule_id }) => schedule_id);
    const fires = await repository.findLastFires(connection, ids);
    const byId = new Map(fires.map((fire) => [fire.schedule_id, fire]));
    return rows.map((row) => toSchedule(row, byId.get(row.schedule_id)));
  }
}

/** @throws ApiError invalid_request when an expression cannot be understood */
function understood(timing: Timing): Recurrence {
  try {
    return recurrenceOf(timing);
  } catch (error) {
    throw unfit("timing", error instanceof Error ? error.message.replace(/^CronPattern: /, "") : String(error));
  }
}

function unfit(path: string, message: string): ApiError {
  return new ApiError("invalid_request", "the schedule cannot work", { errors: [{ path: `body.${path}`, message }] });
}

function noSchedule(scheduleId: string): ApiError {
  return new ApiError("not_found", `there is no schedule ${scheduleId}`);
}

function toSchedule(row: repository.ScheduleRow, lastFire: repository.ShownFire | undefined): Schedule {
  return {
    schedule_id: row.schedule_id,
    ...NewSchedule.parse(row.definition),
    version: row.version,
    next_fire: row.due_at?.toISOString() ?? null,
    last_fire: lastFire === undefined ? null : repository.toFire(lastFire),
    metadata: {
      created_at: row.created_at.toISOString(),
      created_by: row.created_by,
      updated_at: row.updated_at.toISOString(),
      owner: row.owner,
    },
  };
}
