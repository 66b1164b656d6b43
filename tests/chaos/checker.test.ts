import { expect, test } from "vitest";
import { Checker } from "./checker.ts";
import type { Event } from "./history.ts";

const target = { execution: "e", server: "s" };
const fence = 1;
const moved = (...states: string[]): Event[] =>
  states.map((state) => ({ type: "moved", ...target, fence, state, error: null }));
const lines = (...seqs: number[]): Event[] => seqs.map((seq) => ({ type: "line", ...target, seq, text: `${seq}\n` }));
const acknowledged: Event = { type: "acknowledged", execution: "e", servers: ["s"], lines: 2, mayFail: false };
const started: Event = { type: "started", ...target, fence };
const good = [acknowledged, ...moved("queued", "dispatched", "running", "succeeded"), started, ...lines(1, 2)];

/** How many of each were found, in parts of a history. */
function counts(...parts: (readonly Event[])[]) {
  const checker = new Checker();
  for (const part of parts) checker.check(part);
  const { lost, duplicated, regressed, gaps, late, left } = checker.findings;
  expect(checker.isBroken).toBe([lost, duplicated, regressed, gaps, late, left].some(({ length }) => length > 0));
  return { lost: lost.length, duplicated: duplicated.length, regressed: regressed.length, gaps: gaps.length };
}

const none = { lost: 0, duplicated: 0, regressed: 0, gaps: 0 };

test("a history in which all went well has no findings", () => {
  expect(counts(good)).toEqual(none);
});

test("out of sight and back again, and sent again before it was acknowledged, are no findings", () => {
  const path = moved("queued", "dispatched", "unreachable", "dispatched", "unreachable", "running", "unreachable");
  expect(counts([acknowledged, ...path, ...moved("succeeded"), started, ...lines(1, 2)])).toEqual(none);
});

test.for([
  ["that is not in the database", [acknowledged, ...lines(1, 2)]],
  ["that never ended", [acknowledged, ...moved("queued", "dispatched", "running"), ...lines(1, 2)]],
  ["of which nobody knows how it ended", [acknowledged, ...moved("queued", "dispatched", "lost"), ...lines(1, 2)]],
] as const)("an acknowledged execution %s is lost", ([, events]) => {
  expect(counts(events)).toEqual({ ...none, lost: 1 });
});

test("a command that was started twice in one attempt is duplicated; in the next attempt it is not", () => {
  expect(counts([...good, started])).toEqual({ ...none, duplicated: 1 });
  expect(counts([...good, { ...started, fence: 2 }])).toEqual(none);
});

test("what is in the database and no client was told of is duplicated", () => {
  expect(
    counts([...good, { type: "moved", execution: "f", server: "s", fence, state: "queued", error: null }]),
  ).toEqual({
    ...none,
    duplicated: 1,
  });
});

test.for([
  ["back to the queue", ["queued", "dispatched", "queued"]],
  ["back from running", ["queued", "dispatched", "running", "acknowledged"]],
  ["sent again although it was acknowledged", ["queued", "dispatched", "acknowledged", "dispatched"]],
  ["out of a final state", ["queued", "dispatched", "running", "failed", "running"]],
  ["from one final state to another", ["queued", "dispatched", "running", "cancelled"]],
] as const)("a state that moves %s has regressed", ([, states]) => {
  const events = [acknowledged, ...moved(...states, "succeeded"), started, ...lines(1, 2)];
  expect(counts(events)).toEqual({ ...none, regressed: 1 });
});

test("an attempt of a lower number than the one before has regressed", () => {
  const later = moved("queued").map((event) => ({ ...event, fence: 2 }));
  expect(counts([acknowledged, ...later, ...moved("dispatched", "succeeded"), ...lines(1, 2)])).toMatchObject({
    regressed: 1,
  });
});

test.for([
  ["missing", [1]],
  ["doubled", [1, 1, 2]],
  ["out of order", [2, 1]],
] as const)("a line that is %s is a gap", ([, seqs]) => {
  const events = [acknowledged, ...moved("queued", "dispatched", "running", "succeeded"), started, ...lines(...seqs)];
  expect(counts(events)).toEqual({ ...none, gaps: 1 });
});

test("what happens to an execution that was over is found, too", () => {
  expect(counts(good, [])).toEqual(none);
  expect(counts(good, moved("running"))).toEqual({ ...none, regressed: 1 });
  expect(counts(good, [started])).toEqual({ ...none, duplicated: 1 });
});

test("a command that may fail has to end in a way that is known, with as many lines as there are", () => {
  const mayFail: Event = { type: "acknowledged", execution: "e", servers: ["s"], lines: undefined, mayFail: true };
  for (const state of ["succeeded", "failed", "timed_out"]) {
    expect(counts([mayFail, ...moved("queued", "dispatched", state), ...lines(1, 2, 3)])).toEqual(none);
  }
  expect(counts([mayFail, ...moved("queued", "dispatched", "lost")])).toEqual({ ...none, lost: 1 });
  expect(counts([mayFail, ...moved("queued", "failed"), ...lines(1, 3)])).toEqual({ ...none, gaps: 1 });
});

test.for([
  ["began twice", ["a", "b", "b2"], ["a", "b"]],
  ["began before the one that it needs had ended", ["b", "a"], ["b", "a"]],
  ["never began", ["a"], ["a", null]],
] as const)("a run of a workflow of which a step %s is disordered", ([, executions, steps]) => {
  const of = (execution: string) =>
    moved("queued", "dispatched", "running", "succeeded").map((each) => ({ ...each, execution }));
  const check = (run: Pick<Extract<Event, { type: "run" }>, "executions" | "steps">) => {
    const checker = new Checker();
    checker.check([...of("a"), ...of("b"), { type: "run", run: "r", state: "succeeded", ...run }]);
    return checker.findings.disordered.length;
  };
  expect(check({ executions: ["a", "b"], steps: ["a", "b"] })).toBe(0);
  expect(check({ executions, steps })).toBe(1);
});

test("who was kept waiting, and what was left behind, is told", () => {
  const checker = new Checker();
  checker.check([{ type: "waited", execution: "e", milliseconds: 100 }]);
  expect(checker.isBroken).toBe(false);
  checker.check([
    { type: "waited", execution: "e", milliseconds: 60_000 },
    { type: "left", execution: "e", processes: 2 },
  ]);
  expect(checker.findings).toMatchObject({ late: [expect.any(String)], left: [expect.any(String)] });
});
