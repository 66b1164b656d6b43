import { type FinalState, type Finish, isFinal, TargetState } from "@homeslice/protocol";
import type { Policy } from "./policy.ts";

/**
 * What each state may become. Within an attempt states only move forward; `queued` again is the beginning of another
 * attempt, with a higher fence. A final state never changes.
 */
const next: Record<TargetState, readonly TargetState[]> = {
  queued: ["dispatched", "cancelled", "expired", "lost"],
  dispatched: [
    "acknowledged",
    "running",
    "unreachable",
    "succeeded",
    "failed",
    "timed_out",
    "cancelled",
    "lost",
    "queued",
  ],
  acknowledged: ["running", "unreachable", "succeeded", "failed", "timed_out", "cancelled", "lost", "queued"],
  running: ["unreachable", "succeeded", "failed", "timed_out", "cancelled", "lost", "queued"],
  unreachable: [
    "dispatched",
    "acknowledged",
    "running",
    "succeeded",
    "failed",
    "timed_out",
    "cancelled",
    "lost",
    "queued",
  ],
  succeeded: [],
  failed: [],
  timed_out: [],
  cancelled: [],
  expired: [],
  lost: [],
};

/** States in which an agent has, or may have, the work. */
export const openStates = ["dispatched", "acknowledged", "running", "unreachable"] as const satisfies TargetState[];

/** Whether an agent has, or may have, the work. */
export function isOpen(state: TargetState): boolean {
  return openStates.some((open) => open === state);
}

/** The states from which a target may move to `to`: the guard of every update. */
export function statesBefore(to: TargetState): TargetState[] {
  return TargetState.options.filter((from) => next[from].includes(to));
}

/** The final state that an agent's report leads to, as far as its output does not matter. */
export function finalStateOf(
  { outcome, exit_code, duration_seconds }: Pick<Finish, "outcome" | "exit_code" | "duration_seconds">,
  { exit_code: success, execution_time_max }: Policy["success_criteria"],
): FinalState {
  switch (outcome) {
    case "exited": {
      const inTime = execution_time_max === undefined || (duration_seconds ?? 0) <= execution_time_max;
      return exit_code === success && inTime ? "succeeded" : "failed";
    }
    case "refused":
      return "failed";
    case "timed_out":
    case "cancelled":
    case "lost":
      return outcome;
  }
}

/** Whether an attempt that ended like this is followed by another. What was refused would be refused again. */
export function isTriedAgain(policy: Policy, fence: number, state: FinalState, refused: boolean): boolean {
  if (!policy.idempotent || refused || fence > policy.retry_count) return false;
  return state === "lost" ? policy.on_lost === "retry" : state === "failed" || state === "timed_out";
}

/** How bad an end is, worst last: an execution on several servers ends as its worst. */
export const severity = [
  "succeeded",
  "cancelled",
  "expired",
  "failed",
  "timed_out",
  "lost",
] as const satisfies FinalState[];
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
