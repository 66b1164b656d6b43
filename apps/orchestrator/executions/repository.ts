import type { FinalState, Finish, NewExecution, Operation, TargetState } from "@homeslice/protocol";
import { sql } from "kysely";
import type { Connection } from "../database/database.ts";
import { openStates, statesBefore } from "./state.ts";

export interface NewExecutionRow {
  /** The id that was promised already; undefined lets the database choose. */
  readonly executionId: string | undefined;
  readonly initiatedBy: string;
  readonly actionId: string | null;
  readonly operation: Operation;
  readonly parameters: NewExecution["parameters"];
  readonly timeoutSeconds: number;
  readonly successExitCode: number;
  readonly serverIds: readonly string[];
}

/** Stores an execution with all its targets queued. @returns its id */
export async function insertExecution(connection: Connection, row: NewExecutionRow): Promise<string> {
  const { execution_id } = await connection
    .insertInto("executions")
    .values({
      ...(row.executionId !== undefined && { execution_id: row.executionId }),
      initiated_by: row.initiatedBy,
      action_id: row.actionId,
      operation: JSON.stringify(row.operation),
      parameters: JSON.stringify(row.parameters),
      timeout_seconds: row.timeoutSeconds,
      success_exit_code: row.successExitCode,
    })
    .returning("execution_id")
    .executeTakeFirstOrThrow();
  await sql`insert into execution_targets (execution_id, server_id)
    select ${execution_id}, server_id from unnest(${row.serverIds}::uuid[]) server_id`.execute(connection);
  return execution_id;
}

/** What a job for an agent is made of. */
export interface DispatchRow {
  readonly execution_id: string;
  readonly server_id: string;
  readonly session_id: string;
  readonly fence: number;
  readonly operation: Operation;
  readonly timeout_seconds: number;
  readonly last_seq: number;
}

/**
 * Claims queued work for the servers whose links this orchestrator holds, oldest first, as far as each has capacity.
 * Any number of orchestrators may claim at once: a row is taken by one of them, the others skip it.
 */
export async function claimQueued(
  connection: Connection,
  orchestratorId: string,
  limit: number,
): Promise<DispatchRow[]> {
  const { rows } = await sql<DispatchRow>`
    with claimed as (
      select work.execution_id, work.server_id, s.session_id
      from servers s
      cross join lateral (
        select t.execution_id, t.server_id from execution_targets t
        where t.server_id = s.server_id and t.state = 'queued'
        order by t.execution_id
        limit greatest(0, s.max_concurrent_jobs - (
          select count(*) from execution_targets o
          where o.server_id = s.server_id and o.state in (${sql.join(openStates)})))
        for update skip locked
      ) work
      where s.orchestrator_id = ${orchestratorId} and s.session_id is not null
      order by work.execution_id
      limit ${limit}
    )
    update execution_targets t
    set state = 'dispatched', state_since = now(), fence = t.fence + 1, acknowledged = false
    from claimed, executions e
    where t.execution_id = claimed.execution_id and t.server_id = claimed.server_id and t.state = 'queued'
      and e.execution_id = t.execution_id
    returning t.execution_id, t.server_id, claimed.session_id, t.fence, e.operation, e.timeout_seconds, t.last_seq
  `.execute(connection);
  return rows;
}

/** An attempt on one server: what the messages of its agent are about. */
export interface TargetKey {
  readonly execution_id: string;
  readonly server_id: string;
  readonly fence: number;
}

/** Moves an attempt forward if it is still the current one. @returns whether it moved */
export async function moveTarget(connection: Connection, key: TargetKey, to: TargetState): Promise<boolean> {
  const moved = await connection
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
    .where("state", "in", statesBefore(to))
    .executeTakeFirst();
  return moved.numUpdatedRows > 0n;
}

/** Ends an attempt if it is still the current one and not final. @returns whether it was */
export async function finishTarget(
  connection: Connection,
  key: TargetKey,
  state: FinalState,
  { result, usage, ...ending }: Pick<Finish, "exit_code" | "error" | "duration_seconds" | "result" | "usage">,
): Promise<boolean> {
  const found = {
    ...(result && { result: JSON.stringify(result) }),
    ...(usage && { usage: JSON.stringify(usage) }),
  };
  const finished = await connection
    .updateTable("execution_targets")
    .set({ state, state_since: sql`now()`, finished_at: sql`now()`, acknowledged: true, ...ending, ...found })
    .where("execution_id", "=", key.execution_id)
    .where("server_id", "=", key.server_id)
    .where("fence", "=", key.fence)
    .where("state", "in", statesBefore(state))
    .executeTakeFirst();
  if (finished.numUpdatedRows > 0n && state === "succeeded") {
    await connection
      .updateTable("servers")
      .set({ last_successful_execution: sql`now()` })
      .where("server_id", "=", key.server_id)
      .execute();
  }
  return finished.numUpdatedRows > 0n;
}

/** Keeps a result that came too late to count: it is evidence, not state. */
export async function insertSuperseded(connection: Connection, key: TargetKey, result: Finish): Promise<void> {
  await sql`insert into superseded_results (execution_id, server_id, fence, result)
    select ${key.execution_id}, ${key.server_id}, ${key.fence}, ${JSON.stringify(result)}
    where exists (select from executions where execution_id = ${key.execution_id})`.execute(connection);
}

/** What is known of an attempt when its agent speaks of it. */
export interface TargetRow extends TargetKey {
  readonly state: TargetState;
  readonly acknowledged: boolean;
  readonly cancel_requested_at: Date | null;
  readonly last_seq: number;
  readonly success_exit_code: number;
}

function selectTargets(connection: Connection) {
  return connection
    .selectFrom("execution_targets as t")
    .innerJoin("executions as e", "e.execution_id", "t.execution_id")
    .select(["t.execution_id", "t.server_id", "t.fence", "t.state", "t.acknowledged", "t.cancel_requested_at"])
    .select(["t.last_seq", "e.success_exit_code"]);
}

/** One target of an execution, locked until the transaction ends. */
export async function lockTarget(
  connection: Connection,
  executionId: string,
  serverId: string,
): Promise<TargetRow | undefined> {
  return await selectTargets(connection)
    .where("t.execution_id", "=", executionId)
    .where("t.server_id", "=", serverId)
    .forUpdate("t")
    .executeTakeFirst();
}

/** The targets of a server that are open, or that its agent says it holds; locked until the transaction ends. */
export async function lockTargetsOfServer(
  connection: Connection,
  serverId: string,
  heldExecutions: readonly string[],
): Promise<TargetRow[]> {
  return await selectTargets(connection)
    .where("t.server_id", "=", serverId)
    .where((where) =>
      where.or([
        where("t.state", "in", openStates),
        where(sql<boolean>`t.execution_id = any(${heldExecutions}::uuid[])`, "is", true),
      ]),
    )
    .orderBy("t.execution_id")
    .forUpdate("t")
    .execute();
}

/** What is sent again to an agent that never said it got it. */
export async function findDispatch(connection: Connection, key: TargetKey): Promise<Omit<DispatchRow, "session_id">> {
  return await connection
    .selectFrom("execution_targets as t")
    .innerJoin("executions as e", "e.execution_id", "t.execution_id")
    .select(["t.execution_id", "t.server_id", "t.fence", "e.operation", "e.timeout_seconds", "t.last_seq"])
    .where("t.execution_id", "=", key.execution_id)
    .where("t.server_id", "=", key.server_id)
    .executeTakeFirstOrThrow();
}

/** The open work of servers whose agents are out of sight. @returns the executions concerned */
export async function markUnreachable(connection: Connection, serverIds: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ execution_id: string }>`
    update execution_targets set state = 'unreachable', state_since = now()
    where server_id = any(${serverIds}::uuid[]) and state in (${sql.join(statesBefore("unreachable"))})
    returning execution_id`.execute(connection);
  return rows.map(({ execution_id }) => execution_id);
}

/** Everything that a server still had to do is lost. */
export async function loseTargets(connection: Connection, serverId: string, error: string): Promise<void> {
  await connection
    .updateTable("execution_targets")
    .set({ state: "lost", state_since: sql`now()`, finished_at: sql`now()`, error })
    .where("server_id", "=", serverId)
    .where("state", "in", statesBefore("lost"))
    .execute();
}

/** Cancels what waits, and notes for the rest that it is to be cancelled. @returns servers with work to be ended */
export async function requestCancel(connection: Connection, executionId: string): Promise<string[]> {
  await connection
    .updateTable("execution_targets")
    .set({ state: "cancelled", state_since: sql`now()`, finished_at: sql`now()` })
    .where("execution_id", "=", executionId)
    .where("state", "=", "queued")
    .execute();
  const requested = await connection
    .updateTable("execution_targets")
    .set({ cancel_requested_at: sql`coalesce(cancel_requested_at, now())` })
    .where("execution_id", "=", executionId)
    .where("state", "in", openStates)
    .returning("server_id")
    .execute();
  return requested.map(({ server_id }) => server_id);
}

/** The attempts that the agent of a server has, or may have. */
export async function findOpenAttempts(connection: Connection, serverId: string): Promise<TargetRow[]> {
  return await selectTargets(connection)
    .where("t.server_id", "=", serverId)
    .where("t.state", "in", openStates)
    .execute();
}
