import type { BlackOut, Timing } from "@homeslice/protocol/schedules.ts";
import { wholeNumber } from "../forms/number.ts";
import { newKey } from "../run/newKey.ts";

interface BlackOutDraft {
  /** Tells it from the others while they are edited. */
  readonly key: string;
  readonly starts: string;
  readonly minutes: string;
}

/** What stands in the fields that say when something is due. Times are as their fields have them: of the browser's own zone. */
export interface TimingDraft {
  readonly type: Timing["type"];
  readonly expression: string;
  readonly zone: string;
  readonly from: string;
  readonly until: string;
  readonly at: string;
  readonly blackOuts: readonly BlackOutDraft[];
}

/** The fields before anything was said. @param zone IANA time zone. Default: that of the browser */
export function emptyTiming(zone = Intl.DateTimeFormat().resolvedOptions().timeZone): TimingDraft {
  return { type: "cron", expression: "30 2 * * *", zone, from: "", until: "", at: "", blackOuts: [] };
}

/** The fields of a timing that is there. */
export function timingDraftOf(timing: Timing): TimingDraft {
  const cron = timing.type === "cron" ? timing : undefined;
  return {
    ...emptyTiming(cron?.time_zone ?? "UTC"),
    type: timing.type,
    ...(cron && { expression: cron.expression }),
    from: localTime(cron?.from),
    until: localTime(cron?.until),
    at: timing.type === "once" ? localTime(timing.at) : "",
    blackOuts: cron?.black_outs.map(({ starts, minutes }) => newBlackOut(starts, String(minutes))) ?? [],
  };
}

/** The fields of one more black-out. */
export function newBlackOut(starts = "0 0 * * *", minutes = "60"): BlackOutDraft {
  return { key: newKey(), starts, minutes };
}

/** The timing that the fields say, as it is sent. */
export function timingOf(draft: TimingDraft): object {
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
