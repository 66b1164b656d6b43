import type { Action } from "@homeslice/protocol/actions.ts";
import type { NewSchedule } from "@homeslice/protocol/schedules.ts";
import type { Workflow, WorkflowStart } from "@homeslice/protocol/workflows.ts";
import { wholeNumber } from "../forms/number.ts";
import { draftOf, parametersOf } from "../starts/parameterDraft.ts";
import { noStart, type StartDraft, startDraftOf, startOf } from "../starts/startDraft.ts";
import type { WorkflowDraft } from "../starts/WorkflowFields.tsx";
import { emptyTiming, type TimingDraft, timingDraftOf, timingOf } from "./timingDraft.ts";

/** What stands in the fields of a schedule. */
export interface ScheduleDraft extends TimingDraft {
  readonly name: string;
  readonly description: string;
  readonly starts: "execution" | "workflow";
  readonly start: StartDraft;
  readonly workflow: WorkflowDraft;
  readonly catchUp: NewSchedule["catch_up"];
  readonly overlap: NewSchedule["overlap"];
  readonly jitter: string;
  readonly paused: boolean;
}

/** What the fields have chosen, where it is there. */
interface Startable {
  readonly action?: Action | undefined;
  readonly workflow?: Workflow | undefined;
}

const noWorkflow: WorkflowDraft = { workflowId: "", parameters: {} };

/** The fields of a schedule that is not there yet. */
export function emptySchedule(zone?: string): ScheduleDraft {
  return {
    ...emptyTiming(zone),
    name: "",
    description: "",
    starts: "execution",
    start: noStart,
    workflow: noWorkflow,
    catchUp: "latest",
    overlap: "skip",
    jitter: "0",
    paused: false,
  };
}

/** The fields of a schedule that is there. */
export function scheduleDraftOf(schedule: NewSchedule, { action, workflow }: Startable): ScheduleDraft {
  const run = schedule.workflow;
  return {
    ...timingDraftOf(schedule.timing),
    name: schedule.name,
    description: schedule.description,
    starts: run === undefined ? "execution" : "workflow",
    start: schedule.execution === undefined ? noStart : startDraftOf(schedule.execution, action),
    workflow: run
      ? { workflowId: run.workflow_id, parameters: draftOf(workflow?.parameters ?? {}, run.parameters) }
      : noWorkflow,
    catchUp: schedule.catch_up,
    overlap: schedule.overlap,
    jitter: String(schedule.jitter_seconds),
    paused: schedule.paused,
  };
}

/** The schedule that the fields say, as it is sent. */
export function scheduleOf(draft: ScheduleDraft, { action, workflow }: Startable, before?: NewSchedule): object {
  return {
    name: draft.name.trim(),
    description: draft.description,
    timing: timingOf(draft),
    ...(draft.starts === "execution"
      ? { execution: startOf(draft.start, action, before?.execution) }
      : { workflow: runOf(draft.workflow, workflow, before?.workflow) }),
    paused: draft.paused,
    catch_up: draft.catchUp,
    overlap: draft.overlap,
    jitter_seconds: wholeNumber(draft.jitter),
  };
}

function runOf(
  { workflowId, parameters }: WorkflowDraft,
  workflow: Workflow | undefined,
  before?: WorkflowStart,
): object {
  // Without the workflow at hand, what was given for it stays.
  const given = workflow ? parametersOf(workflow.parameters, parameters) : (before?.parameters ?? {});
  return { ...(workflowId !== "" && { workflow_id: workflowId }), parameters: given };
}
