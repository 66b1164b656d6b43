import type { Step } from "@homeslice/protocol";

type Needing = Pick<Step, "name" | "needs">;

/** Every step that has to have ended before a step can begin. */
export function ancestorsOf(steps: readonly Needing[], name: string): Set<string> {
  const needs = needsOf(steps);
  const found = new Set<string>();
  const open = [...(needs.get(name) ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    open.push(...(needs.get(next) ?? []));
  }
  return found;
}

/** Circles of steps that need each other, one for each group of them; each ends with the step that it begins with. */
export function findCircles(steps: readonly Needing[]): string[][] {
  const told = new Set<string>();
  const circles: string[][] = [];
  for (const { name } of steps) {
    if (told.has(name) || !ancestorsOf(steps, name).has(name)) continue;
    const circle = wayBack(steps, name);
    circles.push(circle);
    // All that lies on a circle through this step is told with it.
    for (const other of ancestorsOf(steps, name)) if (ancestorsOf(steps, other).has(name)) told.add(other);
  }
  return circles;
}

/** The shortest way from a step back to itself, by what is needed. */
function wayBack(steps: readonly Needing[], name: string): string[] {
  const needs = needsOf(steps);
  const ways = [[name]];
  const seen = new Set<string>();
  for (let way = ways.shift(); way !== undefined; way = ways.shift()) {
    for (const next of needs.get(way.at(-1) ?? "") ?? []) {
      if (next === name) return [...way, name];
      if (!seen.has(next)) ways.push([...way, next]);
      seen.add(next);
    }
  }
  return [name];
}

/** What each step needs; of two with the same name, the first counts. */
function needsOf(steps: readonly Needing[]): ReadonlyMap<string, readonly string[]> {
  return new Map(steps.toReversed().map(({ name, needs }) => [name, needs]));
}
