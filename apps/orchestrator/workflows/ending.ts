import type { Parameters, StepState } from "@homeslice/protocol";
import type { HeldRun } from "./heldRun.ts";
import { readOutputs } from "./outputs.ts";
import { type CurrentStep, endStep, type StepEnd } from "./repository.ts";

/** How far a run has come: the states of its steps, and what they hand on. */
export interface Standing {
  readonly states: Map<string, StepState>;
  readonly outputs: Map<string, Parameters>;
  /** Why steps failed. */
  readonly messages: Map<string, string>;
}

/** Takes what the steps of a run have come to. */
export async function takeEnds(run: HeldRun, steps: readonly CurrentStep[]): Promise<Standing> {
  const standing: Standing = { states: new Map(), outputs: new Map(), messages: new Map() };
  for (const step of steps) {
    const end = await endOf(run, step);
    if (end !== undefined) await endStep(run.transaction, step.step_id, end);
    const { state, outputs = {}, message } = { ...step, ...end };
    standing.states.set(step.step, state);
    standing.outputs.set(step.step, outputs);
    if (state === "failed") standing.messages.set(step.step, message ?? state);
  }
  return standing;
}

async function endOf(run: HeldRun, step: CurrentStep): Promise<StepEnd | undefined> {
  const finished_at = run.now;
  if (step.finished_at !== null) return undefined;
  if (step.expires_at !== null && step.expires_at <= run.now) {
    return { state: "failed", finished_at, message: "nobody decided it in time" };
  }
  switch (step.execution_state) {
    case null:
      return undefined;
    case "succeeded":
      return await success(run, step);
    case "cancelled":
      return run.row.cancel_requested_at === null
        ? { state: "failed", finished_at, message: "its execution was cancelled" }
        : { state: "cancelled", finished_at };
    case "failed":
      return { state: "failed", finished_at, message: "its execution failed" };
    case "gone":
      return { state: "failed", finished_at, message: "its execution is not there any more" };
  }
}

async function success({ transaction, workflow, now }: HeldRun, step: CurrentStep): Promise<StepEnd> {
  const defined = workflow.steps.find(({ name }) => name === step.step)?.outputs ?? {};
  const outputs = await readOutputs(transaction, step.execution_id ?? "", defined);
  if ("fault" in outputs) return { state: "failed", finished_at: now, message: outputs.fault };
  return { state: "succeeded", finished_at: now, outputs: outputs.values };
}
