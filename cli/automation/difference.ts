/** What differs between two definitions, a line each: `timing.expression: "0 1 * * *" → "0 2 * * *"`. */
export function differences(before: object, after: object): string[] {
  const [old, now] = [leaves(before), leaves(after)];
  const paths = [...new Set([...old.keys(), ...now.keys()])].sort();
  return paths.flatMap((path) => {
    const [was, is] = [old.get(path), now.get(path)];
    if (was === is) return [];
    if (was === undefined) return [`${path}: + ${is}`];
    return [is === undefined ? `${path}: - ${was}` : `${path}: ${was} → ${is}`];
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
