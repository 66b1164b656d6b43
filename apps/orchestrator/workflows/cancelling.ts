import type { Actor } from "@homeslice/protocol";
import { type HeldRun, typeOfStep } from "./heldRun.ts";
import { endStep, findSteps, insertStep, updateRun } from "./repository.ts";

/** Ends what is under way in a run, as far as it can be ended at once, and what has not begun. */
export async function cancelOpen(run: HeldRun, actor: Actor): Promise<HeldRun> {
  const { transaction, executions, workflow, now } = run;
  const { run_id, state } = run.row;
  const row = await updateRun(transaction, run_id, {
    state,
    due_at: null,
    completed_at: null,
    cancel_requested_at: now,
  });
  const steps = await findSteps(transaction, run_id);
  for (const { step_id, state: of, execution_id, execution_state } of steps) {
    if (of === "waiting") await endStep(transaction, step_id, { state: "cancelled", finished_at: now });
    if (of === "running" && execution_id !== null && execution_state === null)
      await executions.cancelWithin(transaction, execution_id, actor);
  }
  const begun = new Set(steps.map(({ step }) => step));
  for (const step of workflow.steps.filter(({ name }) => !begun.has(name))) {
    const never = { state: "cancelled", started_at: null, finished_at: now } as const;
    await insertStep(transaction, { run_id, step: step.name, type: typeOfStep(step), ...never });
  }
  return { ...run, row };
}
