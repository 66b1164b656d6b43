import type { ExecutionConfig, SuccessCriteria } from "@homeslice/protocol";

/** How an execution was decided to be run: fixed when it starts. */
export interface Policy extends Omit<ExecutionConfig, "timeout_seconds" | "parallel_execution"> {
  readonly success_criteria: SuccessCriteria;
}
