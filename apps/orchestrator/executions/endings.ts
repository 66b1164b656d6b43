import { finalStates } from "@homeslice/protocol";
import { type RawBuilder, sql } from "kysely";
import { noteFailures, noteSuccesses } from "../breaker/repository.ts";
import type { Connection } from "../database/database.ts";
import { literals } from "../database/literals.ts";
import { releaseOfExecutions } from "../locks/repository.ts";
import { announceEnds } from "../notifications/announce.ts";
import { noteLastSuccesses } from "../servers/lastSuccesses.ts";
import type { Ended, Ending } from "./attempt.ts";
import { releaseHeld, stopAfterFailures } from "./rollout.ts";
import { openStates, severity } from "./state.ts";
import { advanced } from "./targets.ts";

const recordset = (endings: readonly Ending[]): RawBuilder<unknown> => sql`jsonb_to_recordset(
  ${JSON.stringify(endings)}::jsonb) as ending (execution_id uuid, server_id uuid, fence integer, state text,
  exit_code integer, error text, duration_seconds float8, result jsonb, usage jsonb, retry_after_seconds float8,
  "to" text, lines integer, bytes bigint)`;

/**
 * Ends attempts, all in a few statements: their state, their locks, the breakers of their servers, the count of their
 * executions, and what may begin after them. An ending of an attempt that is not the current one changes nothing.
 * @returns the executions whose state has changed
 */
export async function endAttempts(transaction: Connection, endings: readonly Ending[]): Promise<string[]> {
  if (endings.length === 0) return [];
  const last = endings.filter(({ retry_after_seconds }) => retry_after_seconds === null);
  const again = endings.filter(({ retry_after_seconds }) => retry_after_seconds !== null);
  await requeue(transaction, again);
  const ended = await finish(transaction, last);
  await releaseOfExecutions(transaction, endings);
  await noteSuccesses(transaction, serversOf(endings, "worked"));
  await noteFailures(transaction, serversOf(endings, "failed"));
  await settle(transaction, ended);
  return [...new Set(endings.map(({ execution_id }) => execution_id))];
}

function serversOf(endings: readonly Ending[], infrastructure: Ending["infrastructure"]): string[] {
  return [
    ...new Set(endings.filter((ending) => ending.infrastructure === infrastructure).map(({ server_id }) => server_id)),
  ].sort();
}

async function finish(transaction: Connection, endings: readonly Ending[]): Promise<Ended[]> {
  if (endings.length === 0) return [];
  const { rows } = await sql<Ended>`
    update execution_targets t set state = ending.state, state_since = now(), finished_at = now(),
      exit_code = ending.exit_code, error = ending.error, duration_seconds = ending.duration_seconds,
      result = ending.result, usage = ending.usage, acknowledged = true, queue_key = null, retry_at = null,
      ${advanced("ending")}
    from ${recordset(endings)}
    where t.execution_id = ending.execution_id and t.server_id = ending.server_id and t.fence = ending.fence
      and t.state not in ${literals(finalStates)}
    returning t.execution_id, t.server_id, t.state`.execute(transaction);
  const succeeded = rows.filter(({ state }) => state === "succeeded");
  await noteLastSuccesses(transaction, [...new Set(succeeded.map(({ server_id }) => server_id))]);
  return rows;
}

/** Puts attempts that are tried again back into the queue, and keeps how they ended. */
async function requeue(transaction: Connection, endings: readonly Ending[]): Promise<void> {
  if (endings.length === 0) return;
  await sql`insert into execution_attempts (execution_id, server_id, fence, state, exit_code, error, duration_seconds)
    select execution_id, server_id, fence, state, exit_code, error, duration_seconds from ${recordset(endings)}
    on conflict do nothing`.execute(transaction);
  await sql`
    update execution_targets t set state = 'queued', state_since = now(), acknowledged = false, queued_at = now(),
      queue_key = null, retry_at = now() + ending.retry_after_seconds * interval '1 second', queue_expires_at = null,
      ${advanced("ending")}
    from ${recordset(endings)}
    where t.execution_id = ending.execution_id and t.server_id = ending.server_id and t.fence = ending.fence
      and t.state in ${literals(openStates)}`.execute(transaction);
}

const severityArray = sql`array[${sql.join(severity)}]::text[]`;

/** Counts targets that have ended, ends executions, and lets begin, or stops, what comes after them. */
export async function settle(transaction: Connection, ended: readonly Ended[]): Promise<void> {
  if (ended.length === 0) return;
  const { rows } = await sql<Settled>`
    with deltas as (
      select execution_id, count(*) filter (where state = 'succeeded') as succeeded,
        count(*) filter (where state <> 'succeeded') as failed, max(array_position(${severityArray}, state)) as severity
      from jsonb_to_recordset(${JSON.stringify(ended)}::jsonb) as ended (execution_id uuid, state text)
      group by execution_id
    ), rows as (
      select e.execution_id from executions e join deltas using (execution_id) order by e.execution_id for no key update of e
    )
    update executions e set
      success_count = e.success_count + deltas.succeeded, failure_count = e.failure_count + deltas.failed,
      severity = greatest(e.severity, deltas.severity),
      state = case when e.success_count + e.failure_count + deltas.succeeded + deltas.failed >= e.total_count
        then (${severityArray})[greatest(e.severity, deltas.severity)] else 'running' end,
      completed_at = case when e.success_count + e.failure_count + deltas.succeeded + deltas.failed >= e.total_count
        then now() end
    from deltas, rows
    where e.execution_id = deltas.execution_id and rows.execution_id = e.execution_id
    returning e.execution_id, e.failure_count >= e.stop_after_failures as stops,
      e.parallelism is not null or e.batch_size is not null as limited, e.completed_at is not null as complete
  `.execute(transaction);
  await announceEnds(transaction, idsOf(rows.filter(({ complete }) => complete)));
  const open = rows.filter(({ complete }) => !complete);
  const stopped = idsOf(open.filter(({ stops }) => stops));
  await settle(transaction, await stopAfterFailures(transaction, stopped));
  await releaseHeld(transaction, idsOf(open.filter(({ limited, stops }) => limited && stops !== true)));
}

interface Settled {
  readonly execution_id: string;
  readonly stops: boolean | null;
  readonly limited: boolean;
  readonly complete: boolean;
}

const idsOf = (rows: readonly Settled[]) => rows.map(({ execution_id }) => execution_id);
