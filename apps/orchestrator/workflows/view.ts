import { NewWorkflow, type StepRun, type WorkflowRun, type WorkflowRunSummary } from "@homeslice/protocol";
import { typeOfStep } from "./heldRun.ts";
import type { RunRow, StepRow } from "./repository.ts";

/** A run as lists show it. */
export function toSummary(row: RunRow): WorkflowRunSummary {
  return {
    run_id: row.run_id,
    workflow_id: row.workflow_id,
    workflow_name: row.workflow_name,
    workflow_version: row.workflow_version,
    state: row.state,
    cancelling: row.cancel_requested_at !== null && row.completed_at === null,
    parameters: row.parameters,
    initiated_by: row.initiated_by,
    created_at: row.created_at.toISOString(),
    completed_at: row.completed_at?.toISOString() ?? null,
  };
}

/** A run with its steps. @param begun those that have begun, each as it was begun last */
export function toRun(row: RunRow, begun: readonly StepRow[]): WorkflowRun {
  const rows = new Map(begun.map((step) => [step.step, step]));
  const steps = NewWorkflow.parse(row.definition).steps.map((step): StepRun => {
    const found = rows.get(step.name);
    return found === undefined ? pending(step.name, typeOfStep(step)) : toStep(found);
  });
  return { ...toSummary(row), steps };
}

function pending(name: string, type: StepRun["type"]): StepRun {
  const nothing = { execution_id: null, outputs: {}, message: null, decision: null };
  const times = { started_at: null, finished_at: null, expires_at: null };
  return { name, type, state: "pending", attempt: 0, ...nothing, ...times };
}

/** One beginning of a step. */
export function toStep(row: StepRow): StepRun {
  return {
    name: row.step,
    type: row.type,
    state: row.state,
    attempt: row.attempt,
    execution_id: row.execution_id,
    outputs: row.outputs,
    message: row.message,
    decision: row.decided_by === null ? null : { by: row.decided_by, reason: row.reason ?? "" },
    started_at: row.started_at?.toISOString() ?? null,
    finished_at: row.finished_at?.toISOString() ?? null,
    expires_at: row.expires_at?.toISOString() ?? null,
  };
}
