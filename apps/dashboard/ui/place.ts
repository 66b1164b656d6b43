/** Fields whose own fields people have named. */
const named: ReadonlySet<string | undefined> = new Set([
  "parameters",
  "parameters_from",
  "environment_vars",
  "outputs",
  "match",
]);

/**
 * Where in a request something stands, in the words of the page: `body.steps.0.needs` or `steps[0].needs` → `Steps › 1 ›
 * Needs`. What people have named is called as they did.
 * @param fields what each field is called
 */
export function placeOf(path: string, fields: Readonly<Record<string, string>>): string {
  const names = path
    .replace(/^body(\.|$)/, "")
    .replaceAll(/\[(\d+)\]/g, ".$1")
    .split(".");
  const word = (name: string, place: number) => {
    if (/^\d+$/.test(name)) return String(Number(name) + 1);
    return named.has(names[place - 1]) ? name : (fields[name] ?? name);
  };
  return names.map(word).join(" › ");
}
