import type { Action } from "@homeslice/protocol/actions.ts";
import type { Gate, NewWorkflow, Step } from "@homeslice/protocol/workflows.ts";
import { newKey } from "../run/newKey.ts";
import { noStart, type StartDraft, startDraftOf, startOf } from "../starts/startDraft.ts";

/** What stands in the fields of a step. */
export interface StepDraft {
  /** Tells it from the others while they are edited. */
  readonly key: string;
  readonly name: string;
  readonly kind: "execution" | "gate";
  readonly needs: readonly string[];
  readonly when: Step["when"];
  readonly start: StartDraft;
  readonly message: string;
  readonly role: Gate["role"];
  /** The step as it was: what of it no field shows is kept. */
  readonly before?: Step;
}

/** What stands in the fields of a workflow. */
export interface WorkflowDraft {
  readonly name: string;
  readonly description: string;
  readonly steps: readonly StepDraft[];
  /** The workflow as it was: what of it no field shows is kept. */
  readonly before?: NewWorkflow;
}

/** The fields of a workflow that is there. */
export function workflowDraftOf(workflow: NewWorkflow, actions: readonly Action[]): WorkflowDraft {
  const { name, description, steps } = workflow;
  return { name, description, steps: steps.map((step) => stepDraftOf(step, actions)), before: workflow };
}

function stepDraftOf(step: Step, actions: readonly Action[]): StepDraft {
  const { name, needs, when, execution, gate } = step;
  const start = execution && startDraftOf(execution, find(actions, execution.action_template_id));
  return {
    ...emptyStep(name, needs),
    kind: gate ? "gate" : "execution",
    when,
    ...(start && { start }),
    ...(gate && { message: gate.message, role: gate.role }),
    before: step,
  };
}

/** The fields of a step that is not there yet. */
export function emptyStep(name: string, needs: readonly string[] = []): StepDraft {
  const gate = { message: "", role: "approver" } as const;
  return { key: newKey(), name, kind: "execution", needs, when: "succeeded", start: noStart, ...gate };
}

/** The fields with one more step, behind the last. */
export function withStep(draft: WorkflowDraft): WorkflowDraft {
  const names = draft.steps.map(({ name }) => name);
  const free = draft.steps.map((_, place) => `step_${place + 2}`).find((name) => !names.includes(name)) ?? "step_1";
  return { ...draft, steps: [...draft.steps, emptyStep(free, names.slice(-1))] };
}

/** The fields with one step changed; who needs it follows its name. */
export function withChange(draft: WorkflowDraft, key: string, part: Partial<StepDraft>): WorkflowDraft {
  const before = draft.steps.find((step) => step.key === key)?.name;
  const renamed = part.name === undefined ? before : part.name;
  const steps = draft.steps.map((step) => {
    if (step.key === key) return { ...step, ...part };
    return { ...step, needs: step.needs.map((need) => (need === before && renamed !== undefined ? renamed : need)) };
  });
  return { ...draft, steps };
}

/** The fields without a step; nobody needs it any more. */
export function withoutStep(draft: WorkflowDraft, key: string): WorkflowDraft {
  const gone = draft.steps.find((step) => step.key === key)?.name;
  const steps = draft.steps
    .filter((step) => step.key !== key)
    .map((step) => ({ ...step, needs: step.needs.filter((need) => need !== gone) }));
  return { ...draft, steps };
}

/** The workflow that the fields say, as it is sent. */
export function workflowOf({ name, description, steps, before }: WorkflowDraft, actions: readonly Action[]) {
  return { ...before, name, description, steps: steps.map((step) => stepOf(step, actions)) };
}

function stepOf({ name, kind, needs, when, start, message, role, before }: StepDraft, actions: readonly Action[]) {
  const { execution, gate, outputs, ...kept } = before ?? {};
  const step = { ...kept, name, needs, when };
  if (kind === "gate") return { ...step, gate: { ...gate, message, role } };
  return { ...step, outputs, execution: startOf(start, find(actions, start.actionId), execution) };
}

function find(actions: readonly Action[], actionId: string | undefined): Action | undefined {
  return actions.find(({ action_id }) => action_id === actionId);
}
