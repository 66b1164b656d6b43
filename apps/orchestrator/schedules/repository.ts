import type { NewSchedule, RequestOf, ScheduleFire } from "@homeslice/protocol";
import { type Selectable, type SqlBool, sql } from "kysely";
import type { Connection } from "../database/database.ts";
import { type ListOrder, Page, textKey, timeKey } from "../database/keyset.ts";
import type { ScheduleFiresTable, SchedulesTable } from "../database/scheduleTables.ts";
import { ofTenant } from "../database/tenancy.ts";

export type ScheduleRow = Selectable<SchedulesTable>;
type FireRow = Selectable<ScheduleFiresTable>;

/** When a schedule comes next. */
export interface NextFire {
  readonly next_at: Date | null;
  readonly due_at: Date | null;
}

const order: ListOrder<"created" | "updated" | "name" | "next_fire"> = {
  id: { column: "schedule_id", type: "uuid" },
  keys: {
    created: undefined,
    updated: timeKey("updated_at"),
    name: textKey("name"),
    next_fire: timeKey("due_at"),
  },
};

/** A page of schedules, and the cursor of the next one. */
export async function listSchedules(
  connection: Connection,
  listing: RequestOf<"listSchedules">["query"],
): Promise<{ rows: ScheduleRow[]; next_cursor: string | null }> {
  const { paused, action_template_id, workflow_id, search } = listing;
  const page = new Page(order, listing);
  let query = connection.selectFrom("schedules").selectAll().select(page.place).where(ofTenant).where(page.follows);
  if (paused !== undefined) query = query.where(sql<string>`definition ->> 'paused'`, "=", paused);
  if (action_template_id !== undefined) {
    query = query.where(sql<string>`definition -> 'execution' ->> 'action_template_id'`, "=", action_template_id);
  }
  if (workflow_id !== undefined) {
    query = query.where(sql<string>`definition -> 'workflow' ->> 'workflow_id'`, "=", workflow_id);
  }
  if (search !== undefined) {
    query = query.where(
      sql<boolean>`position(lower(${search}) in lower(name || ' ' || (definition ->> 'description'))) > 0`,
    );
  }
  return page.of(await query.orderBy(page.orderBy).limit(page.limit).execute());
}

export async function findSchedule(connection: Connection, scheduleId: string): Promise<ScheduleRow | undefined> {
  return await connection.selectFrom("schedules").selectAll().where("schedule_id", "=", scheduleId).executeTakeFirst();
}

export async function insertSchedule(
  connection: Connection,
  schedule: NewSchedule,
  createdBy: string,
  next: NextFire,
): Promise<ScheduleRow> {
  return await connection
    .insertInto("schedules")
    .values({
      name: schedule.name,
      definition: JSON.stringify(schedule),
      created_by: createdBy,
      owner: createdBy,
      ...next,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/**
 * Replaces a schedule, as its next version.
 * @param version the version that it must have; undefined takes any
 * @returns the new row, undefined when there is no such schedule in that version
 */
export async function updateSchedule(
  connection: Connection,
  scheduleId: string,
  {
    schedule,
    owner,
    next,
    version,
  }: { schedule: NewSchedule; owner: string; next: NextFire; version: number | undefined },
): Promise<ScheduleRow | undefined> {
  let query = connection
    .updateTable("schedules")
    .set(({ eb }) => ({
      name: schedule.name,
      definition: JSON.stringify(schedule),
      owner,
      version: eb("version", "+", 1),
      updated_at: sql`now()`,
      ...next,
    }))
    .where("schedule_id", "=", scheduleId);
  if (version !== undefined) query = query.where("version", "=", version);
  return await query.returningAll().executeTakeFirst();
}

/** @returns its name, undefined when there is no such schedule in that version */
export async function deleteSchedule(
  connection: Connection,
  scheduleId: string,
  version: number | undefined,
): Promise<string | undefined> {
  let query = connection.deleteFrom("schedules").where("schedule_id", "=", scheduleId);
  if (version !== undefined) query = query.where("version", "=", version);
  return (await query.returning("name").executeTakeFirst())?.name;
}

/** A schedule that is due, held until the transaction ends; one that another orchestrator holds is left to it. */
export async function lockDue(
  transaction: Connection,
  now: Date,
  except: readonly string[],
): Promise<ScheduleRow | undefined> {
  return await transaction
    .selectFrom("schedules")
    .selectAll()
    .where("due_at", "<=", now)
    .where(sql<SqlBool>`schedule_id <> all(${except}::uuid[])`)
    .orderBy("due_at")
    .limit(1)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
}

export async function setNext(transaction: Connection, scheduleId: string, next: NextFire): Promise<void> {
  await transaction.updateTable("schedules").set(next).where("schedule_id", "=", scheduleId).execute();
}

export async function hasFired(transaction: Connection, scheduleId: string, scheduled_at: Date): Promise<boolean> {
  const fire = await transaction
    .selectFrom("schedule_fires")
    .select("outcome")
    .where("schedule_id", "=", scheduleId)
    .where("scheduled_at", "=", scheduled_at)
    .executeTakeFirst();
  return fire !== undefined;
}

/** @returns whether this time had not fired before */
export async function insertFire(transaction: Connection, fire: FireToInsert): Promise<boolean> {
  const inserted = await transaction
    .insertInto("schedule_fires")
    .values(fire)
    .onConflict((conflict) => conflict.columns(["schedule_id", "scheduled_at"]).doNothing())
    .executeTakeFirst();
  return (inserted.numInsertedOrUpdatedRows ?? 0n) > 0n;
}
export type FireToInsert = Omit<FireRow, "tenant_id">;

/** A fire, with the version of the action that it started. */
export type ShownFire = FireRow & { readonly action_version: number | null };

function selectFires(connection: Connection) {
  return connection
    .selectFrom("schedule_fires as f")
    .leftJoin("executions as e", "e.execution_id", "f.execution_id")
    .selectAll("f")
    .select("e.action_version");
}

const fireOrder: ListOrder<"scheduled"> = {
  id: { column: "f.schedule_id", type: "uuid" },
  keys: { scheduled: timeKey("f.scheduled_at") },
};

/** A page of what became of the times of a schedule, and the cursor of the next one. */
export async function listFires(
  connection: Connection,
  scheduleId: string,
  listing: RequestOf<"listScheduleFires">["query"],
): Promise<{ rows: ShownFire[]; next_cursor: string | null }> {
  const page = new Page(fireOrder, listing);
  let query = selectFires(connection).select(page.place).where("f.schedule_id", "=", scheduleId).where(page.follows);
  if (listing.outcome !== undefined) query = query.where("f.outcome", "=", listing.outcome);
  return page.of(await query.orderBy(page.orderBy).limit(page.limit).execute());
}

/** The newest fire of each of some schedules. */
export async function findLastFires(connection: Connection, scheduleIds: readonly string[]): Promise<ShownFire[]> {
  return await selectFires(connection)
    .distinctOn("f.schedule_id")
    .where(sql<SqlBool>`f.schedule_id = any(${scheduleIds}::uuid[])`)
    .orderBy("f.schedule_id")
    .orderBy("f.scheduled_at", "desc")
    .execute();
}

/** Whether what a schedule started last is still going on. */
export async function isGoingOn(connection: Connection, scheduleId: string): Promise<boolean> {
  const row = await connection
    .selectFrom("schedule_fires as f")
    .leftJoin("executions as e", "e.execution_id", "f.execution_id")
    .leftJoin("workflow_runs as w", "w.run_id", "f.run_id")
    .select(sql<boolean>`coalesce(e.completed_at, w.completed_at) is null`.as("open"))
    .where("f.schedule_id", "=", scheduleId)
    .where(sql<SqlBool>`(e.execution_id is not null or w.run_id is not null)`)
    .orderBy("f.scheduled_at", "desc")
    .limit(1)
    .executeTakeFirst();
  return row?.open ?? false;
}

export function toFire(row: ShownFire): ScheduleFire {
  return {
    scheduled_at: row.scheduled_at.toISOString(),
    fired_at: row.fired_at.toISOString(),
    outcome: row.outcome,
    execution_id: row.execution_id,
    run_id: row.run_id,
    action_version: row.action_version,
    message: row.message,
  };
}
