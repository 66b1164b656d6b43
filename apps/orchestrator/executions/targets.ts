import { type Finish, finalStates, type TargetState } from "@homeslice/protocol";
import { type RawBuilder, sql } from "kysely";
import type { Connection } from "../database/database.ts";
import { literals } from "../database/literals.ts";
import type { Advance, Ended, TargetKey } from "./attempt.ts";
import type { DispatchRow } from "./claim.ts";
import type { Policy } from "./policy.ts";
import { openStates, statesBefore } from "./state.ts";

/** What is known of an attempt when its agent speaks of it. */
export interface TargetRow extends TargetKey {
  readonly tenant_id: string;
  readonly state: TargetState;
  readonly acknowledged: boolean;
  readonly cancel_requested_at: Date | null;
  readonly dispatched_at: Date | null;
  /** When the process of this attempt was known to run. */
  readonly started_at: Date | null;
  readonly last_seq: number;
}

const columns = [
  "t.tenant_id",
  "t.execution_id",
  "t.server_id",
  "t.fence",
  "t.state",
  "t.acknowledged",
  "t.cancel_requested_at",
  "t.dispatched_at",
  "t.started_at",
  "t.last_seq",
] as const;

/** Targets, locked until the transaction ends; always in the same order, so that two transactions do not deadlock. */
export async function lockTargets(
  transaction: Connection,
  keys: readonly { execution_id: string; server_id: string }[],
): Promise<TargetRow[]> {
  const { rows } = await sql<TargetRow>`
    select ${sql.join(columns.map((column) => sql.ref(column)))}
    from execution_targets t join unnest(${keys.map(({ execution_id }) => execution_id)}::uuid[],
      ${keys.map(({ server_id }) => server_id)}::uuid[]) as key (execution_id, server_id) using (execution_id, server_id)
    order by t.execution_id, t.server_id for update of t`.execute(transaction);
  return rows;
}

/** The targets of a server that are open, or that its agent says it holds; locked until the transaction ends. */
export async function lockTargetsOfServer(
  transaction: Connection,
  serverId: string,
  heldExecutions: readonly string[],
): Promise<TargetRow[]> {
  return await transaction
    .selectFrom("execution_targets as t")
    .select(columns)
    .where("t.server_id", "=", serverId)
    .where((where) =>
      where.or([
        where(sql<boolean>`t.state in ${literals(openStates)}`, "is", true),
        where(sql<boolean>`t.execution_id = any(${heldExecutions}::uuid[])`, "is", true),
      ]),
    )
    .orderBy("t.execution_id")
    .forUpdate("t")
    .execute();
}

/** How the executions of some targets are run. */
export async function findPolicies(
  connection: Connection,
  finished: readonly { readonly target: TargetKey }[],
): Promise<Map<string, Policy>> {
  if (finished.length === 0) return new Map();
  const rows = await connection
    .selectFrom("executions")
    .select(["execution_id", "policy"])
    .where(sql<boolean>`execution_id = any(${[...new Set(finished.map(({ target }) => target.execution_id))]}::uuid[])`)
    .execute();
  return new Map(rows.map(({ execution_id, policy }) => [execution_id, policy]));
}

/** An attempt that has come further. */
export type Progress = TargetKey & Advance;

/** How an advance changes a target `t`, apart from its state. @param advance the table or alias with its columns */
export function advanced(advance: string): RawBuilder<unknown> {
  const of = (column: keyof Advance) => sql.ref(`${advance}.${column}`);
  return sql`started_at = case when ${of("to")} = 'running' then coalesce(t.started_at, now()) else t.started_at end,
      last_seq = t.last_seq + ${of("lines")}, log_bytes = t.log_bytes + ${of("bytes")}`;
}

/** Moves attempts on, whose rows the caller holds, and counts their lines. */
export async function progressTargets(transaction: Connection, progress: readonly Progress[]): Promise<void> {
  if (progress.length === 0) return;
  await sql`
    update execution_targets t set
      state = coalesce(p."to", t.state), acknowledged = t.acknowledged or p."to" is not null,
      state_since = case when p."to" is null then t.state_since else now() end, ${advanced("p")}
    from jsonb_to_recordset(${JSON.stringify(progress)}::jsonb)
      as p (execution_id uuid, server_id uuid, fence integer, "to" text, lines integer, bytes bigint)
    where t.execution_id = p.execution_id and t.server_id = p.server_id and t.fence = p.fence`.execute(transaction);
}

/** Notes that executions have begun. */
export async function beginExecutions(transaction: Connection, executionIds: readonly string[]): Promise<void> {
  if (executionIds.length === 0) return;
  await sql`
    with begun as (
      select execution_id from executions where execution_id = any(${executionIds}::uuid[]) and started_at is null
      order by execution_id for no key update
    )
    update executions e set started_at = now(), state = 'running' from begun
    where begun.execution_id = e.execution_id`.execute(transaction);
}

/** Moves an attempt forward if it is still the current one. @returns whether it moved */
export async function moveTarget(transaction: Connection, key: TargetKey, to: TargetState): Promise<boolean> {
  const moved = await transaction
    .updateTable("execution_targets")
    .set({
      state: to,
      state_since: sql`now()`,
      ...(to === "dispatched" ? {} : { acknowledged: true }),
      ...(to === "running" ? { started_at: sql<Date>`coalesce(started_at, now())` } : {}),
    })
    .where("execution_id", "=", key.execution_id)
    .where("server_id", "=", key.server_id)
    .where("fence", "=", key.fence)
    .where(sql<boolean>`state in ${literals(statesBefore(to))}`)
    .executeTakeFirst();
  return moved.numUpdatedRows > 0n;
}

/** Keeps results that came too late to count: they are evidence, not state. */
export async function insertSuperseded(
  transaction: Connection,
  results: readonly (Finish & { server_id: string })[],
): Promise<void> {
  if (results.length === 0) return;
  const rows = results.map((result) => {
    const { execution_id, server_id, fence } = result;
    return { execution_id, server_id, fence, result };
  });
  await sql`insert into superseded_results (execution_id, server_id, fence, result)
    select r.execution_id, r.server_id, r.fence, r.result from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as r (execution_id uuid, server_id uuid, fence integer, result jsonb)
    where exists (select from executions e where e.execution_id = r.execution_id)`.execute(transaction);
}

/** What is sent again to an agent that never said it got it. */
export async function findDispatch(connection: Connection, key: TargetKey): Promise<DispatchRow> {
  return await connection
    .selectFrom("execution_targets as t")
    .innerJoin("executions as e", "e.execution_id", "t.execution_id")
    .select(["t.execution_id", "t.server_id", "t.fence", "e.operation", "e.timeout_seconds", "t.last_seq"])
    .where("t.execution_id", "=", key.execution_id)
    .where("t.server_id", "=", key.server_id)
    .executeTakeFirstOrThrow();
}

/** The open work of servers whose agents are out of sight. @returns the executions concerned, and their servers */
export async function markUnreachable(
  transaction: Connection,
  serverIds: readonly string[],
): Promise<{ execution_id: string; server_id: string }[]> {
  if (serverIds.length === 0) return [];
  const { rows } = await sql<{ execution_id: string; server_id: string }>`
    with gone as (
      select execution_id, server_id from execution_targets
      where server_id = any(${serverIds}::uuid[]) and state in ${literals(statesBefore("unreachable"))}
      order by execution_id, server_id for update
    )
    update execution_targets t set state = 'unreachable', state_since = now() from gone
    where t.execution_id = gone.execution_id and t.server_id = gone.server_id
    returning t.execution_id, t.server_id`.execute(transaction);
  return rows;
}

/** Attempts out of sight for longer than their executions wait for; held until the transaction ends. */
export async function lockGivenUp(transaction: Connection, limit: number): Promise<TargetRow[]> {
  const { rows } = await sql<TargetRow>`
    select ${sql.join(columns.map((column) => sql.ref(column)))}
    from execution_targets t join executions e using (execution_id)
    where t.state = 'unreachable' and e.policy ->> 'on_disconnect' = 'give_up'
      and t.state_since + (e.policy ->> 'give_up_after_seconds')::integer * interval '1 second' <= now()
    order by t.execution_id, t.server_id limit ${limit} for update of t skip locked`.execute(transaction);
  return rows;
}

/** What asking for a cancel came to. */
interface Cancelled {
  /** What waited, and is cancelled. */
  readonly ended: Ended[];
  /** How many the agents are asked to end. */
  readonly asked: number;
}

/** Cancels what waits, and notes for the rest that it is to be cancelled. */
export async function requestCancel(transaction: Connection, executionId: string): Promise<Cancelled> {
  await sql`select from execution_targets where execution_id = ${executionId} and state not in ${literals(finalStates)}
    order by server_id for update`.execute(transaction);
  const ended = await transaction
    .updateTable("execution_targets")
    .set({ state: "cancelled", state_since: sql`now()`, finished_at: sql`now()`, queue_key: null, retry_at: null })
    .where("execution_id", "=", executionId)
    .where("state", "=", "queued")
    .returning(["execution_id", "server_id"])
    .execute();
  const { numUpdatedRows } = await transaction
    .updateTable("execution_targets")
    .set({ cancel_requested_at: sql`coalesce(cancel_requested_at, now())` })
    .where("execution_id", "=", executionId)
    .where(sql<boolean>`state in ${literals(openStates)}`)
    .executeTakeFirstOrThrow();
  return { ended: ended.map((key) => ({ ...key, state: "cancelled" })), asked: Number(numUpdatedRows) };
}

/** An attempt that its agent is to end. */
export interface Cancellation extends TargetKey {
  readonly session_id: string;
}

/** What the agents of an orchestrator are to end. */
export async function findCancellations(connection: Connection, orchestratorId: string): Promise<Cancellation[]> {
  const { rows } = await sql<Cancellation>`
    select t.execution_id, t.server_id, t.fence, s.session_id
    from execution_targets t join servers s using (server_id)
    where t.cancel_requested_at is not null and t.state in ${literals(openStates)}
      and s.orchestrator_id = ${orchestratorId} and s.session_id is not null`.execute(connection);
  return rows;
}

/** What a server still has to do; held until the transaction ends. */
export async function lockUnfinished(transaction: Connection, serverId: string): Promise<TargetKey[]> {
  return await transaction
    .selectFrom("execution_targets")
    .select(["execution_id", "server_id", "fence"])
    .where("server_id", "=", serverId)
    .where(sql<boolean>`state in ${literals(statesBefore("lost"))}`)
    .orderBy("execution_id")
    .forUpdate()
    .execute();
}
