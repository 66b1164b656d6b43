import type { Step, StepState } from "@homeslice/protocol";

/** What the order of a step depends on. */
export type Ordered = Pick<Step, "name" | "needs" | "when">;
/** The states of the steps of a run; what is not in it has not begun. */
export type States = ReadonlyMap<string, StepState>;

/** What follows from how far a run has come. */
export interface Decision {
  /** Steps that are to begin now. */
  readonly start: readonly string[];
  /** Steps that never will, because what they need came to something else than they ask for. */
  readonly skip: readonly string[];
  /** How the run has ended; undefined while it goes on. */
  readonly outcome: "succeeded" | "failed" | "cancelled" | undefined;
}

/** Whether a step has come to its end. */
export function hasEnded(state: StepState): boolean {
  return state !== "pending" && state !== "running" && state !== "waiting";
}

/** Decides what is to be done next: nothing is, while all that can go on is under way. */
export function decide(steps: readonly Ordered[], states: States): Decision {
  const known = new Map(states);
  const start: string[] = [];
  const skip: string[] = [];
  // What is skipped may let others be skipped, or begin.
  for (let open = -1; open !== start.length + skip.length; ) {
    open = start.length + skip.length;
    for (const step of steps) {
      if (stateOf(known, step.name) !== "pending") continue;
      const needed = step.needs.map((name) => stateOf(known, name));
      if (!needed.every(hasEnded)) continue;
      const begins = fits(step.when, needed);
      (begins ? start : skip).push(step.name);
      known.set(step.name, begins ? "running" : "skipped");
    }
  }
  return { start, skip, outcome: outcomeOf(steps.map(({ name }) => stateOf(known, name))) };
}

/** Steps that begin again when a run is resumed: those that did not succeed, and all that comes after them. */
export function stepsToResume(steps: readonly Ordered[], states: States): Set<string> {
  const again = new Set<string>();
  for (let count = -1; count !== again.size; ) {
    count = again.size;
    for (const { name, needs } of steps) {
      const state = stateOf(states, name);
      if (state === "failed" || state === "cancelled" || needs.some((needed) => again.has(needed))) again.add(name);
    }
  }
  return again;
}

function fits(when: Ordered["when"], needed: readonly StepState[]): boolean {
  switch (when) {
    case "succeeded":
      return needed.every((state) => state === "succeeded");
    case "failed":
      return needed.includes("failed");
    case "always":
      return true;
  }
}

function outcomeOf(states: readonly StepState[]): Decision["outcome"] {
  if (!states.every(hasEnded)) return undefined;
  if (states.includes("cancelled")) return "cancelled";
  return states.includes("failed") ? "failed" : "succeeded";
}

function stateOf(states: States, name: string): StepState {
  return states.get(name) ?? "pending";
}
