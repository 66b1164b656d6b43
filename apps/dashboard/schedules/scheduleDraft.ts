import type { Action } from "@homeslice/protocol/actions.ts";
import type { BlackOut, NewSchedule, Timing } from "@homeslice/protocol/schedules.ts";
import { wholeNumber } from "../forms/number.ts";
import { noStart, type StartDraft, startDraftOf, startOf } from "../starts/startDraft.ts";

interface BlackOutDraft {
  /** Tells it from the others while they are edited. */
  readonly key: string;
  readonly starts: string;
  readonly minutes: string;
}

/** What stands in the fields of a schedule. Times are as their fields have them: of the browser's own zone. */
export interface ScheduleDraft {
  readonly name: string;
  readonly description: string;
  readonly type: Timing["type"];
  readonly expression: string;
  readonly zone: string;
  readonly from: string;
  readonly until: string;
  readonly at: string;
  readonly blackOuts: readonly BlackOutDraft[];
  readonly start: StartDraft;
  readonly catchUp: NewSchedule["catch_up"];
  readonly overlap: NewSchedule["overlap"];
  readonly jitter: string;
  readonly paused: boolean;
}

/** The fields of a schedule that is not there yet. */
export function emptySchedule(zone: string): ScheduleDraft {
  return {
    name: "",
    description: "",
    type: "cron",
    expression: "30 2 * * *",
    zone,
    from: "",
    until: "",
    at: "",
    blackOuts: [],
    start: noStart,
    catchUp: "latest",
    overlap: "skip",
    jitter: "0",
    paused: false,
  };
}

/** The fields of a schedule that is there. */
export function scheduleDraftOf(schedule: NewSchedule, action: Action | undefined): ScheduleDraft {
  const { timing } = schedule;
  const cron = timing.type === "cron" ? timing : undefined;
  return {
    ...emptySchedule(cron?.time_zone ?? "UTC"),
    name: schedule.name,
    description: schedule.description,
    type: timing.type,
    ...(cron && { expression: cron.expression }),
    from: localTime(cron?.from),
    until: localTime(cron?.until),
    at: timing.type === "once" ? localTime(timing.at) : "",
    blackOuts: cron?.black_outs.map(({ starts, minutes }) => newBlackOut(starts, String(minutes))) ?? [],
    start: schedule.execution === undefined ? noStart : startDraftOf(schedule.execution, action),
    catchUp: schedule.catch_up,
    overlap: schedule.overlap,
    jitter: String(schedule.jitter_seconds),
    paused: schedule.paused,
  };
}

/** The fields of one more black-out. */
export function newBlackOut(starts = "0 0 * * *", minutes = "60"): BlackOutDraft {
  return { key: crypto.randomUUID(), starts, minutes };
}

/** The timing that the fields say, as it is sent. */
export function timingOf(draft: ScheduleDraft): object {
  if (draft.type === "once") return { type: "once", at: instant(draft.at) ?? "" };
  const black_outs: Partial<Record<keyof BlackOut, unknown>>[] = draft.blackOuts.map(({ starts, minutes }) => ({
    starts: starts.trim(),
    minutes: wholeNumber(minutes),
  }));
  const [from, until] = [instant(draft.from), instant(draft.until)];
  return {
    type: "cron",
    expression: draft.expression.trim().replace(/\s+/g, " "),
    time_zone: draft.zone.trim(),
    ...(from !== undefined && { from }),
    ...(until !== undefined && { until }),
    black_outs,
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

/** A point in time as a field for it shows it, in the zone of the browser. */
function localTime(at: string | undefined): string {
  if (at === undefined) return "";
  const date = new Date(at);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function instant(local: string): string | undefined {
  const date = new Date(local);
  return local === "" || Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
