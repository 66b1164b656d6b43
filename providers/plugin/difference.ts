import { isObject, type Value } from "./values.ts";

/** One property that an update would change. */
export interface Change {
  /** Property path as the engine writes it: `spec.containers[0].image`, `metadata.annotations["a.b/c"]`. */
  readonly path: string;
  readonly kind: "add" | "delete" | "update";
}

type SameValue = (before: Value, after: Value, path: string) => boolean;

/** The changes from one value to the other, leaf by leaf; `null` and missing are the same. */
export function difference(
  before: Value | undefined,
  after: Value | undefined,
  same: SameValue = (one, other) => one === other,
  path = "",
): Change[] {
  if (isObject(before) && isObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return keys.flatMap((key) => difference(before[key], after[key], same, joined(path, key)));
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const length = Math.max(before.length, after.length);
    return Array.from({ length }, (_, index) =>
      difference(before[index], after[index], same, `${path}[${index}]`),
    ).flat();
  }
  const [was, becomes] = [before ?? null, after ?? null];
  if (was === null && becomes === null) return [];
  if (was === null) return [{ path, kind: "add" }];
  if (becomes === null) return [{ path, kind: "delete" }];
  return same(was, becomes, path) ? [] : [{ path, kind: "update" }];
}

function joined(path: string, key: string): string {
  if (!/^[A-Za-z_$][\w$-]*$/.test(key)) return `${path}["${key.replaceAll(/["\\]/g, "\\$&")}"]`;
  return path === "" ? key : `${path}.${key}`;
}

/** Whether `path` is the property `ancestor` or lies below it. */
export function isWithin(path: string, ancestor: string): boolean {
  return path === ancestor || path.startsWith(`${ancestor}.`) || path.startsWith(`${ancestor}[`);
}
