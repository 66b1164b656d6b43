import type { Execution, NewAction, Operation, Parameters } from "@homeslice/protocol";
import { type Selectable, sql } from "kysely";
import type { Connection } from "../database/database.ts";
import type { ExecutionsTable } from "../database/tables.ts";
import type { Policy } from "./policy.ts";

/** An execution with all that is decided about it. */
export interface NewExecutionRow {
  /** Default: a new one by the clock of the database, in the order of all others. */
  readonly executionId: string | undefined;
  /** Default: its own id. */
  readonly batchId: string | undefined;
  readonly retryOf: string | null;
  readonly executionType: Execution["execution_type"];
  readonly initiatedBy: string;
  readonly actionId: string | null;
  readonly actionVersion: number | null;
  readonly actionType: NewAction["action_type"];
  readonly operation: Operation;
  readonly parameters: Parameters;
  readonly timeoutSeconds: number;
  readonly policy: Policy;
  readonly priority: number;
  readonly queueExpiresSeconds: number;
  readonly parallelism: number | null;
  readonly batchSize: number | null;
  readonly stopAfterFailures: number | null;
  /** In the order in which they are to begin. */
  readonly serverIds: readonly string[];
}

/**
 * Stores an execution with all its targets: those that its rollout lets begin at once are in the queue.
 * @param held whether none of them is, before somebody releases them
 * @returns its id
 */
export async function insertExecution(transaction: Connection, row: NewExecutionRow, held = false): Promise<string> {
  const execution = transaction.insertInto("executions").values({
    execution_id: sql`(select id from fresh)`,
    batch_id: sql`(select coalesce(${row.batchId ?? null}::uuid, id) from fresh)`,
    retry_of: row.retryOf,
    execution_type: row.executionType,
    initiated_by: row.initiatedBy,
    action_id: row.actionId,
    action_version: row.actionVersion,
    action_type: row.actionType,
    operation: JSON.stringify(row.operation),
    parameters: JSON.stringify(row.parameters),
    timeout_seconds: row.timeoutSeconds,
    policy: JSON.stringify(row.policy),
    priority: row.priority,
    queue_expires_seconds: row.queueExpiresSeconds,
    parallelism: row.parallelism,
    batch_size: row.batchSize,
    stop_after_failures: row.stopAfterFailures,
    total_count: row.serverIds.length,
  });
  const batchSize = row.batchSize ?? row.serverIds.length;
  const atOnce = held ? 0 : Math.min(batchSize, row.parallelism ?? batchSize);
  const { rows } = await sql<{ id: string }>`
    with fresh as materialized (select coalesce(${row.executionId ?? null}::uuid, uuidv7()) as id),
    execution as (${execution}),
    targets as (
      insert into execution_targets (execution_id, server_id, ordinal, wave, queued_at, queue_key, queue_expires_at)
      select fresh.id, server_id, place - 1, (place - 1) / ${batchSize}::integer, now(),
        case when place <= ${atOnce} then now() - ${row.priority} * interval '1 minute' end,
        case when place <= ${atOnce} then now() + ${row.queueExpiresSeconds} * interval '1 second' end
      from fresh, unnest(${row.serverIds}::uuid[]) with ordinality as target (server_id, place)
    )
    select id from fresh`.execute(transaction);
  const [stored] = rows;
  if (stored === undefined) throw new Error("the execution was not stored");
  return stored.id;
}

/** An execution as it was started. */
export async function findStart(
  connection: Connection,
  executionId: string,
): Promise<Selectable<ExecutionsTable> | undefined> {
  return await connection
    .selectFrom("executions")
    .selectAll()
    .where("execution_id", "=", executionId)
    .executeTakeFirst();
}

/** Servers, still there, on which an execution has not succeeded, in the order in which they were to begin. */
export async function findUnsuccessful(connection: Connection, executionId: string): Promise<string[]> {
  const rows = await connection
    .selectFrom("execution_targets as t")
    .innerJoin("servers as s", "s.server_id", "t.server_id")
    .select("t.server_id")
    .where("t.execution_id", "=", executionId)
    .where("t.state", "!=", "succeeded")
    .where("s.deleted_at", "is", null)
    .orderBy("t.ordinal")
    .execute();
  return rows.map(({ server_id }) => server_id);
}
