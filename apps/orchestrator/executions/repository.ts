import type { Execution, NewAction, Operation, Parameters } from "@homeslice/protocol";
import { type CompiledQuery, type Selectable, sql } from "kysely";
import type { Connection } from "../database/database.ts";
import { statement } from "../database/statement.ts";
import type { ExecutionsTable } from "../database/tables.ts";
import type { Policy } from "./policy.ts";

/** An execution with all that is decided about it. */
export interface NewExecutionRow {
  readonly executionId: string;
  readonly batchId: string;
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
 */
export function insertExecution(transaction: Connection, row: NewExecutionRow, held = false): CompiledQuery<unknown> {
  const batchSize = row.batchSize ?? row.serverIds.length;
  return insertRows(transaction, {
    ...row,
    operation: JSON.stringify(row.operation),
    parameters: JSON.stringify(row.parameters),
    policy: JSON.stringify(row.policy),
    total: row.serverIds.length,
    waves: batchSize,
    atOnce: held ? 0 : Math.min(batchSize, row.parallelism ?? batchSize),
  });
}

/** The same as the columns have it. */
interface Columns extends Omit<NewExecutionRow, "operation" | "parameters" | "policy"> {
  readonly operation: string;
  readonly parameters: string;
  readonly policy: string;
  readonly total: number;
  /** Servers in each of its waves. */
  readonly waves: number;
  /** How many of its servers may begin. */
  readonly atOnce: number;
}

const insertRows = statement<Columns, unknown>((transaction, place) => {
  const execution = transaction.insertInto("executions").values({
    execution_id: place("executionId"),
    batch_id: place("batchId"),
    retry_of: place("retryOf"),
    execution_type: place("executionType"),
    initiated_by: place("initiatedBy"),
    action_id: place("actionId"),
    action_version: place("actionVersion"),
    action_type: place("actionType"),
    operation: place("operation"),
    parameters: place("parameters"),
    timeout_seconds: place("timeoutSeconds"),
    policy: place("policy"),
    priority: place("priority"),
    queue_expires_seconds: place("queueExpiresSeconds"),
    parallelism: place("parallelism"),
    batch_size: place("batchSize"),
    stop_after_failures: place("stopAfterFailures"),
    total_count: place("total"),
  });
  const begins = sql`place <= ${place("atOnce")}`;
  return sql`
    with execution as (${execution})
    insert into execution_targets (execution_id, server_id, ordinal, wave, queued_at, queue_key, queue_expires_at)
    select ${place("executionId")}::uuid, server_id, place - 1, (place - 1) / ${place("waves")}::integer, now(),
      case when ${begins} then now() - ${place("priority")} * interval '1 minute' end,
      case when ${begins} then now() + ${place("queueExpiresSeconds")} * interval '1 second' end
    from unnest(${place("serverIds")}::uuid[]) with ordinality as target (server_id, place)`.compile(transaction);
});

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
