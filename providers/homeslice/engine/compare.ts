import { type Change, difference, isObject, type Value, type Values } from "@homeslice/plugin";

/** How the arguments of a resource compare. */
export interface Comparison {
  readonly sets?: readonly string[];
  readonly merged?: readonly string[];
}

/**
 * The changes from what was to what is wanted. Only arguments that are wanted count: one that is left out, and has no
 * default, is the server's business. Lists without an order are one change as a whole.
 */
export function changesBetween(before: Values, wanted: Values, { sets = [] }: Comparison): Change[] {
  return Object.entries(wanted).flatMap(([key, value]): Change[] => {
    if (!sets.includes(key)) return difference(before[key], value, undefined, key);
    return sameSet(before[key], value) ? [] : [{ path: key, kind: before[key] === undefined ? "add" : "update" }];
  });
}

/** Whether two lists hold the same, in whatever order. */
export function sameSet(one: Value | undefined, other: Value | undefined): boolean {
  return difference(sorted(one), sorted(other)).length === 0;
}

/** Whether the first list holds all that the second does; a list that is not given asks for nothing. */
export function includesSet(one: Value | undefined, other: Value | undefined): boolean {
  const present = Array.isArray(one) ? one.map((entry) => JSON.stringify(entry)) : [];
  return Array.isArray(other) && other.every((entry) => present.includes(JSON.stringify(entry)));
}

function sorted(list: Value | undefined): Value {
  if (!Array.isArray(list)) return list ?? [];
  return list.toSorted((one, other) => compare(JSON.stringify(one), JSON.stringify(other)));
}

const compare = (one: string, other: string) => (one < other ? -1 : Number(one > other));

/** First segment of a property path. */
export function argumentOf(path: string): string {
  return path.replace(/[.[].*$/s, "");
}

/** The keys of a mapping that `keys` has too. */
export function sharedKeys(value: Value | undefined, keys: Value | undefined): Values {
  if (!isObject(value) || !isObject(keys)) return {};
  return Object.fromEntries(Object.entries(value).filter(([key]) => Object.hasOwn(keys, key)));
}

/** A mapping in which the keys that were ours are replaced by those that are ours now. */
export function mergedMapping(live: Value | undefined, before: Value | undefined, wanted: Value | undefined): Values {
  const others = isObject(live) ? Object.entries(live) : [];
  const kept = others.filter(([key]) => !isObject(before) || !Object.hasOwn(before, key));
  return { ...Object.fromEntries(kept), ...(isObject(wanted) ? wanted : {}) };
}
