import type { z } from "zod";

/** A definition while it is edited: it may be anything, as somebody is in the middle of writing it. */
export type Json = z.infer<ReturnType<typeof z.json>>;
export type Definition = Readonly<Record<string, Json>>;
type Path = readonly string[];

/** What is at a place of a definition; undefined where nothing is. */
export function valueAt(value: Json | undefined, [first, ...rest]: Path): Json | undefined {
  if (first === undefined) return value;
  return isObject(value) && Object.hasOwn(value, first) ? valueAt(value[first], rest) : undefined;
}

/** A definition with a value at a place; undefined takes away what is there. */
export function withValue(definition: Definition, [first, ...rest]: Path, value: Json | undefined): Definition {
  if (first === undefined) return definition;
  if (rest.length === 0) return entriesWith(definition, first, value);
  const inner = Object.hasOwn(definition, first) ? definition[first] : undefined;
  return entriesWith(definition, first, { ...withValue(isObject(inner) ? inner : {}, rest, value) });
}

/** An object under another name, in the place that it had; as it was, where there is one of that name. */
export function renamed(definition: Definition, from: string, to: string): Definition {
  if (Object.hasOwn(definition, to)) return definition;
  return Object.fromEntries(Object.entries(definition).map(([name, value]) => [name === from ? to : name, value]));
}

export function isObject(value: Json | undefined): value is Record<string, Json> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function entriesWith(definition: Definition, name: string, value: Json | undefined): Definition {
  const others = Object.entries(definition);
  if (value === undefined) return Object.fromEntries(others.filter(([held]) => held !== name));
  if (!Object.hasOwn(definition, name)) return Object.fromEntries([...others, [name, value]]);
  return Object.fromEntries(others.map(([held, was]) => [held, held === name ? value : was]));
}
