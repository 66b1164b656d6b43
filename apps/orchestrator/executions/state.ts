import { type FinalState, type Finish, isFinal, TargetState } from "@homeslice/protocol";

/** What each state may become. States only move forward; a final state never changes. */
const next: Record<TargetState, readonly TargetState[]> = {
  queued: ["dispatched", "cancelled", "lost"],
  dispatched: ["acknowledged", "running", "unreachable", "succeeded", "failed", "timed_out", "cancelled", "lost"],
  acknowledged: ["running", "unreachable", "succeeded", "failed", "timed_out", "cancelled", "lost"],
  running: ["unreachable", "succeeded", "failed", "timed_out", "cancelled", "lost"],
  unreachable: ["dispatched", "acknowledged", "running", "succeeded", "failed", "timed_out", "cancelled", "lost"],
  succeeded: [],
  failed: [],
  timed_out: [],
  cancelled: [],
  lost: [],
};

/** States in which an agent has, or may have, the work. */
export const openStates = ["dispatched", "acknowledged", "running", "unreachable"] as const satisfies TargetState[];

/** The states from which a target may move to `to`: the guard of every update. */
export function statesBefore(to: TargetState): TargetState[] {
  return TargetState.options.filter((from) => next[from].includes(to));
}

/** The final state that an agent's report leads to. */
export function finalStateOf(
  { outcome, exit_code }: Pick<Finish, "outcome" | "exit_code">,
  success: number,
): FinalState {
  switch (outcome) {
    case "exited":
      return exit_code === success ? "succeeded" : "failed";
    case "refused":
      return "failed";
    case "timed_out":
    case "cancelled":
    case "lost":
      return outcome;
  }
}

/** How bad an end is, worst last: an execution on several servers ends as its worst. */
const severity: readonly FinalState[] = ["succeeded", "cancelled", "failed", "timed_out", "lost"];
/** How far an execution is, furthest last: while a server is at work, the execution is. */
const progress: readonly TargetState[] = ["queued", "unreachable", "dispatched", "acknowledged", "running"];

/** The state of a whole execution, from those of its targets. */
export function overallState(states: readonly TargetState[]): TargetState {
  const open = states.filter((state) => !isFinal(state));
  if (open.length === 0) return furthest(states, severity);
  return open.length < states.length ? "running" : furthest(open, progress);
}

function furthest(states: readonly TargetState[], order: readonly TargetState[]): TargetState {
  const found = order.findLast((state) => states.includes(state));
  if (found === undefined) throw new RangeError("an execution has at least one target");
  return found;
}
