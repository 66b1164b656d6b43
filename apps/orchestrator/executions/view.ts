import {
  type Execution,
  type ExecutionSummary,
  isFinal,
  type ResultDetail,
  type TargetState,
} from "@homeslice/protocol";
import type { Selectable } from "kysely";
import type { ExecutionsTable, TargetsTable } from "../database/tables.ts";
import { estimateCompletion, progressOf } from "./estimate.ts";
import { overallState } from "./state.ts";

/** What of an execution is shown. */
export type ShownExecution = Omit<
  Selectable<ExecutionsTable>,
  "tenant_id" | "action_type" | "policy" | "queue_expires_seconds" | "batch_size" | "stop_after_failures" | "severity"
>;

/** What of a target is shown, with the end of its output. */
export type ShownTarget = Pick<
  Selectable<TargetsTable>,
  "server_id" | "state" | "state_since" | "started_at" | "fence" | "last_seq" | "log_bytes"
> &
  Pick<Selectable<TargetsTable>, "exit_code" | "error" | "duration_seconds" | "result" | "usage"> & {
    output: string;
    error_output: string;
  };

/** An execution as lists show it. @param openState its state when it has not ended, by those of its targets */
export function toSummary(row: ShownExecution, openState: TargetState | undefined): ExecutionSummary {
  const { created_at, started_at, completed_at } = row;
  return {
    execution_id: row.execution_id,
    batch_id: row.batch_id,
    retry_of: row.retry_of,
    approval: row.approval,
    initiated_by: row.initiated_by,
    execution_type: row.execution_type,
    priority: row.priority,
    action_template_id: row.action_id,
    action_version: row.action_version,
    operation: row.operation,
    parameters: row.parameters,
    timeout_seconds: row.timeout_seconds,
    status: { overall: isFinal(row.state) ? row.state : (openState ?? row.state) },
    timing: {
      created_at: created_at.toISOString(),
      started_at: started_at?.toISOString() ?? null,
      estimated_completion: null,
      completed_at: completed_at?.toISOString() ?? null,
      duration_seconds:
        started_at && completed_at ? Math.max(0, completed_at.getTime() - started_at.getTime()) / 1_000 : null,
    },
    results: { success_count: row.success_count, failure_count: row.failure_count, total_count: row.total_count },
  };
}

/** An execution with its targets. @param usual seconds that the same action usually takes, when that is known */
export function toExecution(
  row: ShownExecution,
  targets: readonly ShownTarget[],
  usual: number | undefined,
  now: Date,
): Execution {
  const summary = toSummary(row, overallState(targets.map(({ state }) => state)));
  const estimate = estimateCompletion(targets, usual, row.parallelism, now);
  return {
    ...summary,
    target_servers: targets.map(({ server_id }) => server_id),
    status: {
      overall: summary.status.overall,
      per_server: Object.fromEntries(
        targets.map((target) => [
          target.server_id,
          {
            status: target.state,
            since: target.state_since.toISOString(),
            progress: progressOf(target, usual, now),
          },
        ]),
      ),
    },
    timing: { ...summary.timing, estimated_completion: estimate?.toISOString() ?? null },
    results: { ...summary.results, details: targets.map(toDetail) },
    logs: {
      entries_count: targets.reduce((sum, { last_seq }) => sum + last_seq, 0),
      size_bytes: targets.reduce((sum, { log_bytes }) => sum + log_bytes, 0),
    },
  };
}

export function toDetail(target: ShownTarget): ResultDetail {
  return {
    server_id: target.server_id,
    status: target.state,
    attempt: target.fence,
    exit_code: target.exit_code,
    output: target.output,
    error_output: target.error_output,
    error: target.error,
    execution_time: target.duration_seconds,
    result: target.result,
    resource_usage: target.usage,
  };
}
