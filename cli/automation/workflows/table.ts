import type { StepRun, Workflow, WorkflowRun, WorkflowRunSummary } from "@homeslice/protocol/workflows.ts";
import { alignedLines } from "../../local/table.ts";

/** Workflows for people, a line each. */
export function workflowTable(workflows: readonly Workflow[]): string {
  if (workflows.length === 0) return "There is no workflow.\n";
  return alignedLines([
    ["NAME", "VERSION", "STEPS", "PARAMETERS", "DESCRIPTION"],
    ...workflows.map(({ name, version, steps, parameters, description }) => [
      name,
      String(version),
      steps.map((step) => step.name).join(" "),
      Object.keys(parameters).join(" "),
      description,
    ]),
  ]);
}

/** Runs for people, a line each. */
export function runTable(runs: readonly WorkflowRunSummary[]): string {
  if (runs.length === 0) return "There is no run.\n";
  return alignedLines([
    ["RUN", "WORKFLOW", "STATE", "BY", "STARTED", "ENDED"],
    ...runs.map(({ run_id, workflow_name, state, cancelling, initiated_by, created_at, completed_at }) => [
      run_id,
      workflow_name,
      cancelling ? "cancelling" : state,
      initiated_by,
      created_at,
      completed_at ?? "",
    ]),
  ]);
}

/** A run with its steps. */
export function runPage(run: WorkflowRun): string {
  const steps = alignedLines([
    ["STEP", "STATE", "ATTEMPT", "EXECUTION", "SAYS"],
    ...run.steps.map((step) => [
      step.name,
      step.state,
      String(step.attempt),
      step.execution_id ?? "",
      [step.message ?? "", outputsOf(step)].filter((text) => text !== "").join(" "),
    ]),
  ]);
  return `${runTable([run])}\n${steps}`;
}

function outputsOf({ outputs }: StepRun): string {
  return Object.entries(outputs)
    .map(([name, value]) => `${name}=${Array.isArray(value) ? value.join(",") : value}`)
    .join(" ");
}
