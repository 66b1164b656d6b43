import { recurrenceOf } from "@homeslice/orchestrator/schedules/recurrence.ts";
import { Timing } from "@homeslice/protocol";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { clockChanges, WallClock, zonesThatDiffer } from "./clockOnTheWall.ts";

const HOUR = 3_600_000;

function cron(expression: string, more: object = {}) {
  return recurrenceOf(Timing.parse({ type: "cron", expression, ...more }));
}

/** All times in a range, its beginning excluded. */
function timesOf(recurrence: { next(after: number): number | undefined }, from: number, to: number): number[] {
  const times: number[] = [];
  for (let at = recurrence.next(from); at !== undefined && at <= to; at = recurrence.next(at)) times.push(at);
  return times;
}

const shown = (times: readonly number[]) => times.map((time) => new Date(time).toISOString().slice(0, 16));

const from = Date.parse("2021-01-01T00:00:00Z");
const until = Date.parse("2031-01-01T00:00:00Z");
const changes = zonesThatDiffer(from, until).flatMap((zone) =>
  clockChanges(zone, from, until).map((at) => {
    const [first, last] = [at - 3 * HOUR, at + 3 * HOUR];
    return { zone, first, last, clock: new WallClock(zone, first, last) };
  }),
);

function expectSame(expression: string, { zone, first, last, clock }: (typeof changes)[number]): void {
  const found = timesOf(cron(expression, { time_zone: zone }), first, last);
  expect(shown(found), `${expression} in ${zone}`).toEqual(shown(clock.momentsOf(expression)));
}

describe("a cron expression around each change of the clock of ten years, in every time zone that has its own", () => {
  test("there are changes to look at", () => {
    expect(new Set(changes.map(({ zone }) => zone)).size).toBeGreaterThan(15);
    expect(changes.length).toBeGreaterThan(300);
  });

  test.each(["30 2 * * *", "20 * * * *"])("%s comes as the clock on the wall says", (expression) => {
    for (const change of changes) expectSame(expression, change);
  });

  test("and so does any other", () => {
    const minutes = fc.uniqueArray(fc.integer({ min: 0, max: 59 }), { minLength: 1, maxLength: 4 });
    const some = fc.uniqueArray(fc.integer({ min: 0, max: 23 }), { minLength: 1, maxLength: 6 });
    const hours = fc.oneof(fc.constant("*"), some.map(String));
    const weekdays = fc.constantFrom("*", "0", "1-5", "6,0");
    const expressions = fc.tuple(minutes, hours, weekdays).map(([minute, hour, day]) => `${minute} ${hour} * * ${day}`);
    fc.assert(fc.property(expressions, fc.constantFrom(...changes), expectSame), { numRuns: 200 });
  });
});

describe("a timing", () => {
  const at = (text: string) => Date.parse(text);

  test("skips what lies in a black-out, even when black-outs touch each other", () => {
    const recurrence = cron("0 * * * *", {
      black_outs: [
        { starts: "0 8 * * *", minutes: 120 },
        { starts: "0 10 * * *", minutes: 60 },
      ],
    });
    expect(shown(timesOf(recurrence, at("2026-05-01T06:30:00Z"), at("2026-05-01T12:30:00Z")))).toEqual([
      "2026-05-01T07:00",
      "2026-05-01T11:00",
      "2026-05-01T12:00",
    ]);
  });

  test("keeps to its range", () => {
    const recurrence = cron("@daily", { from: "2026-05-02T00:00:00Z", until: "2026-05-04T00:00:00Z" });
    expect(shown(timesOf(recurrence, at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z")))).toEqual([
      "2026-05-02T00:00",
      "2026-05-03T00:00",
    ]);
  });

  test("that always lies in a black-out, or on a day that does not exist, is never due", () => {
    const always = cron("0 3 * * *", { black_outs: [{ starts: "0 3 * * *", minutes: 1 }] });
    expect(always.next(at("2026-01-01T00:00:00Z"))).toBeUndefined();
    expect(cron("0 0 30 2 *").next(at("2026-01-01T00:00:00Z"))).toBeUndefined();
  });

  test("that is due once is not due again", () => {
    const once = recurrenceOf({ type: "once", at: "2026-05-01T10:00:00+02:00" });
    expect(once.next(at("2026-01-01T00:00:00Z"))).toBe(at("2026-05-01T08:00:00Z"));
    expect(once.next(at("2026-05-01T08:00:00Z"))).toBeUndefined();
  });
});
