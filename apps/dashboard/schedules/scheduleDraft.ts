import type { Action } from "@homeslice/protocol/actions.ts";
import type { NewSchedule } from "@homeslice/protocol/schedules.ts";
import { wholeNumber } from "../forms/number.ts";
import { noStart, type StartDraft, startDraftOf, startOf } from "../starts/startDraft.ts";
import { emptyTiming, type TimingDraft, timingDraftOf, timingOf } from "./timingDraft.ts";

/** What stands in the fields of a schedule. */
export interface ScheduleDraft extends TimingDraft {
  readonly name: string;
  readonly description: string;
  readonly start: StartDraft;
  readonly catchUp: NewSchedule["catch_up"];
  readonly overlap: NewSchedule["overlap"];
  readonly jitter: string;
  readonly paused: boolean;
}

/** The fields of a schedule that is not there yet. */
export function emptySchedule(zone?: string): ScheduleDraft {
  return {
    ...emptyTiming(zone),
    name: "",
    description: "",
    start: noStart,
    catchUp: "latest",
    overlap: "skip",
    jitter: "0",
    paused: false,
  };
}

/** The fields of a schedule that is there. */
export function scheduleDraftOf(schedule: NewSchedule, action: Action | undefined): ScheduleDraft {
  return {
    ...timingDraftOf(schedule.timing),
    name: schedule.name,
    description: schedule.description,
    start: schedule.execution === undefined ? noStart : startDraftOf(schedule.execution, action),
    catchUp: schedule.catch_up,
    overlap: schedule.overlap,
    jitter: String(schedule.jitter_seconds),
    paused: schedule.paused,
  };
}

/** The schedule that the fields say, as it is sent. */
export function scheduleOf(draft: ScheduleDraft, action: Action | undefined, before?: NewSchedule): object {
  return {
    name: draft.name.trim(),
    description: draft.description,
    timing: timingOf(draft),
    // What it starts of workflows is changed elsewhere.
    ...(before?.workflow === undefined
      ? { execution: startOf(draft.start, action, before?.execution) }
      : { workflow: before.workflow }),
    paused: draft.paused,
    catch_up: draft.catchUp,
    overlap: draft.overlap,
    jitter_seconds: wholeNumber(draft.jitter),
  };
}
