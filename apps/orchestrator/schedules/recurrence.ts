import type { BlackOut, Timing } from "@homeslice/protocol";
import { Cron } from "croner";
import { Temporal } from "temporal-polyfill";

/** When something is due, in milliseconds since the epoch. */
export interface Recurrence {
  /** The first time after another one; undefined when there is none any more. */
  next(after: number): number | undefined;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Times in a row that black-outs may take away, before it counts as never due. */
const MAX_CROSSINGS = 100;

/** The first times after another one: so many at most, and none after `until`. */
export function timesAfter(
  recurrence: Recurrence,
  after: number,
  count: number,
  until: number = Number.POSITIVE_INFINITY,
): number[] {
  const times: number[] = [];
  let time = recurrence.next(after);
  while (time !== undefined && time <= until && times.length < count) {
    times.push(time);
    time = recurrence.next(time);
  }
  return times;
}

/** @throws RangeError when an expression cannot be understood */
export function recurrenceOf(timing: Timing): Recurrence {
  if (timing.type === "once") {
    const at = Date.parse(timing.at);
    return { next: (after) => (at > after ? at : undefined) };
  }
  const { expression, time_zone, black_outs, from, until } = timing;
  const cron = new WallClockCron(expression, time_zone);
  const windows = black_outs.map((window) => new Window(window, time_zone));
  const earliest = from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(from) - 1;
  const end = until === undefined ? Number.POSITIVE_INFINITY : Date.parse(until);
  return {
    next: (after) => outside(windows, cron, Math.max(after, earliest), end),
  };
}

/** The first time after another one, and before the end, that lies in none of the windows. */
function outside(windows: readonly Window[], cron: Recurrence, after: number, end: number): number | undefined {
  let from = after;
  for (let crossing = 0; crossing < MAX_CROSSINGS; crossing++) {
    const found = cron.next(from);
    if (found === undefined || found >= end) return undefined;
    const ends = windows.map((window) => window.endAround(found)).filter((until) => until !== undefined);
    if (ends.length === 0) return found;
    from = Math.max(...ends) - 1;
  }
  return undefined;
}

/** A time in which nothing is due. */
class Window {
  readonly #starts: WallClockCron;
  readonly #length: number;

  constructor({ starts, minutes }: BlackOut, timeZone: string) {
    this.#starts = new WallClockCron(starts, timeZone);
    this.#length = minutes * MINUTE_MS;
  }

  /** When the window ends that this moment lies in; undefined outside of it. */
  endAround(moment: number): number | undefined {
    const start = this.#starts.next(moment - this.#length);
    return start !== undefined && start <= moment ? start + this.#length : undefined;
  }
}

/**
 * A cron expression read on the clock on the wall of a time zone. The clock skips an hour when summer time begins:
 * what is due in it comes later by as much as was skipped (02:30 at 03:30), as RFC 5545 and java.time have it. The
 * clock shows an hour twice when summer time ends: what is due at certain hours comes the first time alone, what is
 * due in every hour comes in both, so that no hour passes without it.
 */
class WallClockCron implements Recurrence {
  readonly #cron: Cron;
  readonly #timeZone: string;
  readonly #everyHour: boolean;

  constructor(expression: string, timeZone: string) {
    this.#cron = new Cron(expression, { timezone: "UTC", paused: true });
    this.#timeZone = timeZone;
    this.#everyHour = expression === "@hourly" || /^\*(\/1)?$/.test(expression.split(" ")[1] ?? "");
  }

  next(after: number): number | undefined {
    let wall = after + Math.min(...this.#offsetsAround(after));
    let best: number | undefined;
    // What the clock on the wall shows later than this comes later, too.
    let horizon = Number.POSITIVE_INFINITY;
    for (;;) {
      const due = this.#cron.nextRun(new Date(wall))?.getTime();
      if (due === undefined || due > horizon) return best;
      for (const moment of this.#momentsOf(due)) {
        if (moment <= after || (best !== undefined && moment >= best)) continue;
        best = moment;
        const offsets = this.#offsetsAround(moment);
        horizon = due + Math.max(...offsets) - Math.min(...offsets);
      }
      wall = due;
    }
  }

  #offsetsAround(moment: number): number[] {
    return [moment - DAY_MS, moment, moment + DAY_MS].map((at) => {
      const { offsetNanoseconds } = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(this.#timeZone);
      return offsetNanoseconds / 1e6;
    });
  }

  /** The moments at which the clock on the wall shows a time, which is given as if the clock were in UTC. */
  #momentsOf(wall: number): number[] {
    const shown = Temporal.Instant.fromEpochMilliseconds(wall).toZonedDateTimeISO("UTC").toPlainDateTime();
    const moment = (disambiguation: "compatible" | "later") =>
      shown.toZonedDateTime(this.#timeZone, { disambiguation }).epochMilliseconds;
    return this.#everyHour ? [moment("compatible"), moment("later")] : [moment("compatible")];
  }
}
