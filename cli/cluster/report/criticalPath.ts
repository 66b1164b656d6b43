/** One step of a run on its critical path. */
export interface PathStep {
  /** As people name it: `StatefulSet postgresql-statefulset`. */
  readonly resource: string;
  readonly seconds: number;
}

/** A step of the engine that has ended. */
export interface TimedStep {
  readonly resource: string;
  readonly milliseconds: number;
}

interface Chain {
  readonly milliseconds: number;
  readonly steps: readonly TimedStep[];
}

const NONE: Chain = { milliseconds: 0, steps: [] };
/** What takes less is no reason for waiting. */
const SHORTEST_MS = 50;

/**
 * The chain of steps, each of which waited for the one before it, that took longest: a run cannot be faster than it.
 *
 * @param steps by URN; a resource without a step of its own hands on what it waited for
 * @param dependencies the URNs that each resource waits for
 */
export function criticalPath(
  steps: ReadonlyMap<string, TimedStep>,
  dependencies: ReadonlyMap<string, readonly string[]>,
): PathStep[] {
  const known = new Map<string, Chain>();
  const chainTo = (urn: string): Chain => {
    const seen = known.get(urn);
    if (seen) return seen;
    known.set(urn, NONE); // the engine allows no circles; if one came all the same, it would end here
    const before = longest((dependencies.get(urn) ?? []).map(chainTo));
    const step = steps.get(urn);
    const chain = step
      ? { milliseconds: before.milliseconds + step.milliseconds, steps: [...before.steps, step] }
      : before;
    known.set(urn, chain);
    return chain;
  };
  return longest([...steps.keys()].map(chainTo))
    .steps.filter(({ milliseconds }) => milliseconds >= SHORTEST_MS)
    .map(({ resource, milliseconds }) => ({ resource, seconds: Math.round(milliseconds / 100) / 10 }));
}

function longest(chains: readonly Chain[]): Chain {
  return chains.reduce((best, chain) => (chain.milliseconds > best.milliseconds ? chain : best), NONE);
}

/** Seconds of waiting that deserve a line in the report. */
const WORTH_A_LINE = 5;

/** The critical path in a line, without what took less than a second; undefined where nobody had to wait for long. */
export function pathLine(path: readonly PathStep[]): string | undefined {
  const total = path.reduce((sum, { seconds }) => sum + seconds, 0);
  if (total < WORTH_A_LINE) return undefined;
  const steps = path.filter(({ seconds }) => seconds >= 1).map(({ resource, seconds }) => `${resource} (${seconds} s)`);
  const named = steps.length > 0 ? `: ${steps.join(" → ")}` : "";
  return `critical path, ${Math.round(total)} s${named}`;
}
