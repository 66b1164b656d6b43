import type { StepRun, Workflow, WorkflowRun, WorkflowRunSummary } from "@homeslice/protocol/workflows.ts";
import { table } from "../show.ts";

/** Workflows for people, a line each. */
export function workflowTable(workflows: readonly Workflow[]): string {
  return table("workflow", workflows, {
    NAME: ({ name }) => name,
    VERSION: ({ version }) => version,
    STEPS: ({ steps }) => steps.map((step) => step.name).join(" "),
    PARAMETERS: ({ parameters }) => Object.keys(parameters).join(" "),
    DESCRIPTION: ({ description }) => description,
  });
}

/** Runs for people, a line each. */
export function runTable(runs: readonly WorkflowRunSummary[]): string {
  return table("run", runs, {
    RUN: ({ run_id }) => run_id,
    WORKFLOW: ({ workflow_name }) => workflow_name,
    STATE: ({ cancelling, state }) => (cancelling ? "cancelling" : state),
    BY: ({ initiated_by }) => initiated_by,
    STARTED: ({ created_at }) => created_at,
    ENDED: ({ completed_at }) => completed_at,
  });
}

/** A run with its steps. */
export function runPage(run: WorkflowRun): string {
  const steps = table("step", run.steps, {
    STEP: ({ name }) => name,
    STATE: ({ state }) => state,
    ATTEMPT: ({ attempt }) => attempt,
    EXECUTION: ({ execution_id }) => execution_id,
    SAYS: (step) => [step.message ?? "", outputsOf(step)].filter((text) => text !== "").join(" "),
  });
  return `${runTable([run])}\n${steps}`;
}

function outputsOf({ outputs }: StepRun): string {
  return Object.entries(outputs)
    .map(([name, value]) => `${name}=${Array.isArray(value) ? value.join(",") : value}`)
    .join(" ");
}
