import type { Execution } from "@homeslice/protocol";
import type { Started } from "./starts.ts";
import { type ShownExecution, type ShownTarget, toExecution } from "./view.ts";

/**
 * An execution as it was stored: that is sooner told than read.
 * @param begun servers whose part of it was claimed
 * @param usual seconds that the same action usually takes, when that is known
 */
export function toStarted(
  { row, conditions: { at, demand } }: Pick<Started, "row" | "conditions">,
  begun: ReadonlySet<string>,
  usual: number | undefined,
  now: Date,
): Execution {
  const execution: ShownExecution = {
    execution_id: row.executionId,
    batch_id: row.batchId,
    retry_of: row.retryOf,
    approval: demand === undefined ? null : "pending",
    initiated_by: row.initiatedBy,
    execution_type: row.executionType,
    priority: row.priority,
    action_id: row.actionId,
    action_version: row.actionVersion,
    operation: row.operation,
    parameters: row.parameters,
    timeout_seconds: row.timeoutSeconds,
    parallelism: row.parallelism,
    state: "queued",
    created_at: at,
    started_at: null,
    completed_at: null,
    success_count: 0,
    failure_count: 0,
    total_count: row.serverIds.length,
  };
  const targets = row.serverIds.toSorted().map((serverId) => freshTarget(serverId, at, begun.has(serverId)));
  return toExecution(execution, targets, usual, now);
}

function freshTarget(server_id: string, at: Date, isClaimed: boolean): ShownTarget {
  return {
    server_id,
    state: isClaimed ? "dispatched" : "queued",
    state_since: at,
    fence: isClaimed ? 1 : 0,
    started_at: null,
    last_seq: 0,
    log_bytes: 0,
    exit_code: null,
    error: null,
    duration_seconds: null,
    result: null,
    usage: null,
    output: "",
    error_output: "",
  };
}
