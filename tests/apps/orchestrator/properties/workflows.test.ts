import { decide, hasEnded, type Ordered, stepsToResume } from "@homeslice/orchestrator/workflows/machine.ts";
import type { StepState } from "@homeslice/protocol";
import fc from "fast-check";
import { expect, test } from "vitest";

// The order of steps against what it obviously has to be: each step looked at by itself, from the definition alone.

type End = "succeeded" | "failed";

/** A workflow without circles: a step needs only such as stand before it; they are then shuffled. */
const workflow = fc
  .array(
    fc.record({
      when: fc.constantFrom("succeeded" as const, "failed" as const, "always" as const),
      needs: fc.array(fc.nat({ max: 11 }), { maxLength: 4 }),
      ends: fc.array(fc.constantFrom<End>("succeeded", "failed"), { minLength: 2, maxLength: 2 }),
      place: fc.nat(),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((steps) =>
    steps
      .map(({ needs, ...step }, index) => {
        const before = needs.filter((each) => each < index).map((each) => `s${each}`);
        return { ...step, name: `s${index}`, needs: [...new Set(before)] };
      })
      .toSorted((one, other) => one.place - other.place),
  );

/** How each step ends that begins, and in which order what is under way ends. */
type Ends = (name: string) => End;
type Turn = (underWay: readonly string[]) => string | undefined;

/** Lets a run come to its end. @returns the states, and the steps in the order in which they began */
function play(steps: readonly Ordered[], ends: Ends, turn: Turn, from: ReadonlyMap<string, StepState> = new Map()) {
  const states = new Map(from);
  const begun: string[] = [];
  for (;;) {
    const { start, skip, outcome } = decide(steps, states);
    for (const name of start) {
      for (const needed of steps.find((step) => step.name === name)?.needs ?? []) {
        const isOver = skip.includes(needed) || hasEnded(states.get(needed) ?? "pending");
        expect(isOver, `${name} begins after ${needed}`).toBe(true);
      }
      begun.push(name);
      states.set(name, "running");
    }
    for (const name of skip) states.set(name, "skipped");
    const next = turn([...states].filter(([, state]) => state === "running").map(([name]) => name));
    // It goes on for exactly as long as something is under way.
    expect(outcome === undefined).toBe(next !== undefined);
    if (next === undefined) return { states, begun, outcome };
    states.set(next, ends(next));
  }
}

/** What a step has to come to, by what those before it have to. */
function expected(steps: readonly Ordered[], ends: Ends, name: string): StepState {
  const step = steps.find((each) => each.name === name);
  if (step === undefined) throw new Error(`no step ${name}`);
  const before = step.needs.map((needed) => expected(steps, ends, needed));
  const runs = {
    succeeded: before.every((state) => state === "succeeded"),
    failed: before.some((state) => state === "failed"),
    always: true,
  };
  return runs[step.when] ? ends(name) : "skipped";
}

function endsOf(steps: readonly { name: string; ends: readonly End[] }[], time: number): Ends {
  return (name) => steps.find((step) => step.name === name)?.ends[time] ?? "succeeded";
}

const turns = fc.infiniteStream(fc.nat()).map((numbers): Turn => {
  return (underWay) => underWay[(numbers.next().value ?? 0) % Math.max(1, underWay.length)];
});

test("each step begins once, after what it needs, if that came to what it asks for; in whatever order steps end", () => {
  fc.assert(
    fc.property(workflow, turns, (steps, turn) => {
      const ends = endsOf(steps, 0);
      const { states, begun, outcome } = play(steps, ends, turn);
      const wanted = new Map(steps.map(({ name }) => [name, expected(steps, ends, name)]));
      expect(Object.fromEntries(states)).toEqual(Object.fromEntries(wanted));
      expect(begun.toSorted()).toEqual([...wanted].flatMap(([n, s]) => (s === "skipped" ? [] : [n])).toSorted());
      expect(outcome).toBe([...wanted.values()].includes("failed") ? "failed" : "succeeded");
    }),
    { numRuns: 2_000 },
  );
});

test("what is resumed begins again from what failed, and what had succeeded before it is left as it is", () => {
  fc.assert(
    fc.property(workflow, turns, turns, (steps, turn, turnAgain) => {
      const first = play(steps, endsOf(steps, 0), turn);
      const again = stepsToResume(steps, first.states);
      const kept = new Map([...first.states].filter(([name]) => !again.has(name)));
      for (const name of kept.keys()) expect(kept.get(name)).not.toBe("failed");
      const second = play(steps, endsOf(steps, 1), turnAgain, kept);
      expect(second.begun.filter((name) => kept.has(name))).toEqual([]);
      // As if the steps that stay had been fixed, and all others looked at anew.
      const ends: Ends = (name) => endsOf(steps, again.has(name) ? 1 : 0)(name);
      const wanted = steps.map(({ name }) => [name, expected(steps, ends, name)]);
      expect(Object.fromEntries(second.states)).toEqual(Object.fromEntries(wanted));
    }),
    { numRuns: 2_000 },
  );
});

test("nothing more begins while something is under way that it needs, and cancelled steps end a run as cancelled", () => {
  const steps: Ordered[] = [
    { name: "a", needs: [], when: "succeeded" },
    { name: "b", needs: ["a"], when: "always" },
  ];
  expect(decide(steps, new Map([["a", "waiting"]]))).toEqual({ start: [], skip: [], outcome: undefined });
  const cancelled = new Map<string, StepState>([
    ["a", "failed"],
    ["b", "cancelled"],
  ]);
  expect(decide(steps, cancelled)).toEqual({ start: [], skip: [], outcome: "cancelled" });
  expect(stepsToResume(steps, cancelled)).toEqual(new Set(["a", "b"]));
});
