import { isFinal, type TargetState } from "@homeslice/protocol";

/** A target, as far as guessing its progress needs it. */
export interface Timed {
  readonly state: TargetState;
  readonly started_at: Date | null;
}

/**
 * When all targets will have ended, if each takes as long as the same action usually did.
 * @param usual seconds; undefined when there is no history
 * @param parallelism targets at work at once, at most; null is all of them
 */
export function estimateCompletion(
  targets: readonly Timed[],
  usual: number | undefined,
  parallelism: number | null,
  now: Date,
): Date | null {
  const open = targets.filter(({ state }) => !isFinal(state));
  if (usual === undefined || open.length === 0) return null;
  const running = open.filter(({ started_at }) => started_at !== null).length;
  const remaining = open.map(({ started_at }) => {
    const passed = started_at === null ? 0 : (now.getTime() - started_at.getTime()) / 1_000;
    return Math.max(0, usual - passed);
  });
  const current = Math.max(...remaining);
  const later = Math.max(
    0,
    Math.ceil((open.length - running) / (parallelism ?? open.length)) - (running === 0 ? 1 : 0),
  );
  return new Date(now.getTime() + (current + (parallelism === null ? 0 : later * usual)) * 1_000);
}

/** Percent of the way of a target; only what has ended has all of it. */
export function progressOf({ state, started_at }: Timed, usual: number | undefined, now: Date): number {
  if (isFinal(state)) return 100;
  if (started_at === null) return 0;
  if (usual === undefined || usual <= 0) return 1;
  const passed = (now.getTime() - started_at.getTime()) / 1_000;
  return Math.min(99, Math.max(1, Math.floor((passed / usual) * 100)));
}
