import { createHash } from "node:crypto";
import type { NewSchedule } from "@homeslice/protocol";
import { type Recurrence, recurrenceOf, timesAfter } from "./recurrence.ts";
import type { NextFire } from "./repository.ts";

const DAY_MS = 86_400_000;
/** What begins later than this begins late, as after an outage. */
const LATE_MS = 60_000;
/** Times that are made up for in one go; the rest follows at once. */
const MAX_AT_ONCE = 10;

const never: NextFire = { next_at: null, due_at: null };

/** When a schedule comes next, after a time. */
export function nextFire(schedule: NewSchedule, after: number): NextFire {
  return schedule.paused ? never : following(schedule, recurrenceOf(schedule.timing), after);
}

/** What is to be done about a schedule that is due. */
export interface DueFires {
  /** Times at which its execution starts now. */
  readonly times: readonly number[];
  /** The newest time that nobody makes up for any more. */
  readonly missed: number | undefined;
  readonly next: NextFire;
}

/** Decides what becomes of the times of a schedule from the one that was due until now. */
export function dueFires(schedule: NewSchedule, dueSince: number, now: number): DueFires {
  const recurrence = recurrenceOf(schedule.timing);
  const newest = newestUntil(recurrence, dueSince, now);
  const { times, missed } = choose(schedule, recurrence, { dueSince, newest, now });
  return { times, missed, next: following(schedule, recurrence, times.at(-1) ?? newest) };
}

interface Span {
  readonly dueSince: number;
  readonly newest: number;
  readonly now: number;
}

function choose(schedule: NewSchedule, recurrence: Recurrence, span: Span): Pick<DueFires, "times" | "missed"> {
  const { dueSince, newest, now } = span;
  switch (schedule.catch_up) {
    case "latest":
      return { times: [newest], missed: undefined };
    case "skip":
      return now - newest - jitter(schedule, newest) <= LATE_MS
        ? { times: [newest], missed: undefined }
        : { times: [], missed: newest };
    case "all": {
      const times = timesAfter(recurrence, Math.max(dueSince - 1, now - DAY_MS), MAX_AT_ONCE, now);
      return { times, missed: times.length === 0 ? newest : undefined };
    }
  }
}

/** The newest time until now. Looks back in growing steps: a long outage may have had very many times. */
export function newestUntil(recurrence: Recurrence, first: number, now: number): number {
  for (let span = DAY_MS; now - span > first; span *= 2) {
    const found = newestAfter(recurrence, now - span, now);
    if (found !== undefined) return found;
  }
  return newestAfter(recurrence, first, now) ?? first;
}

function newestAfter(recurrence: Recurrence, after: number, now: number): number | undefined {
  let newest: number | undefined;
  for (let time = recurrence.next(after); time !== undefined && time <= now; time = recurrence.next(time))
    newest = time;
  return newest;
}

function following(schedule: NewSchedule, recurrence: Recurrence, after: number): NextFire {
  const time = recurrence.next(after);
  if (time === undefined) return never;
  return { next_at: new Date(time), due_at: new Date(time + jitter(schedule, time)) };
}

/** By how much a time is put off: always the same for this time of this schedule, whoever computes it. */
function jitter({ name, jitter_seconds }: NewSchedule, time: number): number {
  const digest = createHash("sha256").update(`${time} ${name}`).digest();
  return Math.floor((digest.readUInt32BE() / 2 ** 32) * jitter_seconds * 1_000);
}
