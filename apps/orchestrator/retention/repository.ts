import { sql } from "kysely";
import type { Connection, Database } from "../database/database.ts";
import { idAt } from "../executions/ids.ts";

/**
 * Deletes some output of executions that were started before a time and have ended: what is left where a partition cannot
 * be dropped, because other executions in it are still going on. @returns lines deleted
 */
export async function deleteOutput(connection: Connection, before: Date, limit: number): Promise<number> {
  // By execution, not by line: the range of ids and the primary key find them without an index on time.
  const { numAffectedRows } = await sql`
    delete from log_lines where execution_id < ${idAt(before)} and execution_id in (
      select e.execution_id from executions e
      where e.execution_id < ${idAt(before)} and e.completed_at is not null
        and exists (select from log_lines l
          where l.execution_id = e.execution_id and l.execution_id < ${idAt(before)})
      order by e.execution_id limit ${limit})`.execute(connection);
  return Number(numAffectedRows ?? 0n);
}

/** Deletes some executions that were started before a time and have ended, with all that belongs to them. @returns how many */
export async function deleteExecutions(connection: Connection, before: Date, limit: number): Promise<number> {
  const { numAffectedRows } = await sql`
    with past as (
      select execution_id from executions where execution_id < ${idAt(before)} and completed_at is not null
      order by execution_id limit ${limit}
    ), output as (
      delete from log_lines
      where execution_id < ${idAt(before)} and execution_id in (select execution_id from past)
    )
    delete from executions where execution_id in (select execution_id from past)`.execute(connection);
  return Number(numAffectedRows ?? 0n);
}

/** Deletes what became of times of schedules before a time; the newest of each schedule stays. @returns how many */
export async function deleteFires(connection: Connection, before: Date, limit: number): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from schedule_fires where (schedule_id, scheduled_at) in (
      select f.schedule_id, f.scheduled_at from schedule_fires f
      where f.scheduled_at < ${before} and exists (
        select from schedule_fires n where n.schedule_id = f.schedule_id and n.scheduled_at > f.scheduled_at)
      limit ${limit})`.execute(connection);
  return Number(numAffectedRows ?? 0n);
}

/** Deletes what became of calls of hooks before a time. @returns how many */
export async function deleteCalls(connection: Connection, before: Date, limit: number): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from hook_calls where call_id in (
      select call_id from hook_calls where call_id < ${idAt(before)} order by call_id limit ${limit})`.execute(
    connection,
  );
  return Number(numAffectedRows ?? 0n);
}

/** Deletes runs of workflows that were started before a time and have ended, with their steps. @returns how many */
export async function deleteRuns(connection: Connection, before: Date, limit: number): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from workflow_runs where run_id in (
      select run_id from workflow_runs where run_id < ${idAt(before)} and completed_at is not null
      order by run_id limit ${limit})`.execute(connection);
  return Number(numAffectedRows ?? 0n);
}

/** Deletes notifications that were sent, or given up, and are older than a time. @returns how many */
export async function deleteDeliveries(connection: Connection, before: Date, limit: number): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from notification_deliveries where delivery_id in (
      select delivery_id from notification_deliveries where delivery_id < ${idAt(before)} and status <> 'pending'
      order by delivery_id limit ${limit})`.execute(connection);
  return Number(numAffectedRows ?? 0n);
}

/**
 * Deletes the oldest entries of the audit log, as far as they are sealed and older than a time. The last one's link is
 * kept, so that the rest of the chain can still be checked. @returns how many
 */
export async function deleteAudit(database: Database, before: Date, limit: number): Promise<number> {
  return await database.transaction().execute(async (transaction) => {
    const last = await transaction
      .selectFrom(
        transaction
          .selectFrom("audit_events")
          .select(["position", "hash", "at"])
          .where("position", "is not", null)
          .orderBy("position")
          .limit(limit)
          .as("oldest"),
      )
      .select(["position", "hash"])
      .where("at", "<", before)
      .orderBy("position", "desc")
      .limit(1)
      .executeTakeFirst();
    if (last?.position == null || last.hash === null) return 0;
    const { position, hash } = last;
    await transaction
      .insertInto("audit_origin")
      .values({ position, hash })
      .onConflict((conflict) => conflict.column("only_row").doUpdateSet({ position, hash }))
      .execute();
    const deleted = await transaction.deleteFrom("audit_events").where("position", "<=", position).executeTakeFirst();
    return Number(deleted.numDeletedRows);
  });
}
