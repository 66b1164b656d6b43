import { z } from "zod";

/** One place in which two definitions differ. */
export const Difference = z.object({
  path: z.string().meta({ description: "For example timing.expression, or tags[0]" }),
  before: z.string().nullable().meta({ description: "As JSON; null when it was not there" }),
  after: z.string().nullable().meta({ description: "As JSON; null when it is not there any more" }),
});
export type Difference = z.infer<typeof Difference>;

/** What differs between two definitions, in the order of the paths. */
export function differences(before: object, after: object): Difference[] {
  const [old, now] = [leaves(before), leaves(after)];
  const paths = [...new Set([...old.keys(), ...now.keys()])].sort();
  return paths.flatMap((path) => {
    const [was, is] = [old.get(path) ?? null, now.get(path) ?? null];
    return was === is ? [] : [{ path, before: was, after: is }];
  });
}

/** Values by their paths, as JSON. An empty list or object is a value, too. */
function leaves(value: unknown, path = "", found = new Map<string, string>()): Map<string, string> {
  const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
  if (entries.length === 0) {
    if (value !== undefined) found.set(path, JSON.stringify(value));
    return found;
  }
  for (const [name, part] of entries) {
    const step = Array.isArray(value) ? `[${name}]` : `${path === "" ? "" : "."}${name}`;
    leaves(part, path + step, found);
  }
  return found;
}
