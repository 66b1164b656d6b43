import { sql } from "kysely";
import type { Connection } from "../database/database.ts";
import type { Ended } from "./attempt.ts";

/** Place in the queue of what is released now: each level of priority is worth a minute of waiting. */
export const queueKey = sql`now() - e.priority * interval '1 minute'`;
/** When what is released now has waited for too long. */
export const queueExpiry = sql`now() + e.queue_expires_seconds * interval '1 second'`;

/**
 * Releases held targets of limited executions into the queue: those of the first batch that has not ended, as many as
 * its parallelism has room for. The caller holds the rows of the executions, so that two do not release at once.
 */
export async function releaseHeld(transaction: Connection, executionIds: readonly string[]): Promise<void> {
  if (executionIds.length === 0) return;
  await sql`
    with under_way as (
      select execution_id, count(*) filter (where queue_key is not null or retry_at is not null or state <> 'queued')
          as active, min(wave) as wave
      from execution_targets
      where execution_id = any(${executionIds}::uuid[]) and finished_at is null
      group by execution_id
    ), next as (
      select held.execution_id, held.server_id
      from executions e join under_way u using (execution_id)
      cross join lateral (
        select t.execution_id, t.server_id from execution_targets t
        where t.execution_id = e.execution_id and t.wave = u.wave and t.state = 'queued' and t.queue_key is null
          and t.retry_at is null
        order by t.ordinal
        limit case when e.parallelism is null then null else greatest(0, e.parallelism - u.active) end
        for update of t skip locked
      ) held
      where e.approval is distinct from 'pending'
    )
    update execution_targets t set queue_key = ${queueKey}, queued_at = now(), queue_expires_at = ${queueExpiry}
    from next join executions e using (execution_id)
    where t.execution_id = next.execution_id and t.server_id = next.server_id`.execute(transaction);
}

/** Releases what waited for its next attempt and is due. @returns how many */
export async function releaseRetries(connection: Connection, limit: number): Promise<number> {
  const { numAffectedRows } = await sql`
    with due as (
      select execution_id, server_id from execution_targets
      where state = 'queued' and retry_at <= now() order by retry_at limit ${limit} for update skip locked
    )
    update execution_targets t set retry_at = null, queue_key = ${queueKey}, queued_at = now(),
      queue_expires_at = ${queueExpiry}
    from due join executions e using (execution_id)
    where t.execution_id = due.execution_id and t.server_id = due.server_id`.execute(connection);
  return Number(numAffectedRows ?? 0n);
}

/** Ends what has not begun of executions with too many failures; what is just being claimed is left to begin. */
export async function stopAfterFailures(transaction: Connection, executionIds: readonly string[]): Promise<Ended[]> {
  if (executionIds.length === 0) return [];
  const { rows } = await sql<Ended>`
    with waiting as (
      select t.execution_id, t.server_id from execution_targets t
      where t.execution_id = any(${executionIds}::uuid[]) and t.state = 'queued' and t.fence = 0
      order by t.execution_id, t.server_id for update skip locked
    )
    update execution_targets t set state = 'cancelled', state_since = now(), finished_at = now(), queue_key = null,
      error = 'not begun: the execution stopped after ' || e.stop_after_failures || ' failures'
    from waiting join executions e using (execution_id)
    where t.execution_id = waiting.execution_id and t.server_id = waiting.server_id
    returning t.execution_id, t.server_id, t.state`.execute(transaction);
  return rows;
}

/** Ends what has waited in the queue for too long. */
export async function expireQueued(transaction: Connection, limit: number): Promise<Ended[]> {
  const { rows } = await sql<Ended>`
    with late as (
      select execution_id, server_id from execution_targets
      where state = 'queued' and queue_key is not null and queue_expires_at <= now()
      order by execution_id, server_id limit ${limit} for update skip locked
    )
    update execution_targets t set state = 'expired', state_since = now(), finished_at = now(), queue_key = null,
      error = 'waited for its server for more than ' || e.queue_expires_seconds || ' seconds'
    from late join executions e using (execution_id)
    where t.execution_id = late.execution_id and t.server_id = late.server_id
    returning t.execution_id, t.server_id, t.state`.execute(transaction);
  return rows;
}
