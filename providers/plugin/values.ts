import { z } from "zod";

/** A property value on the wire between engine and plugin. */
export type Value = null | boolean | number | string | Value[] | Values;
export interface Values {
  [key: string]: Value;
}

export const valuesSchema: z.ZodType<Values> = z.record(z.string(), z.json());

/** What the engine sends in a preview for a value that is not known before the update. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** Marks a value as secret in an answer to the engine, which keeps the marks of the inputs by itself. */
export function secret(value: Value): Values {
  return { [signatureKey]: secretSignature, value };
}

export function isObject(value: Value | undefined): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function containsUnknown(value: Value | undefined): boolean {
  if (Array.isArray(value)) return value.some(containsUnknown);
  if (isObject(value)) return Object.values(value).some(containsUnknown);
  return value === unknownValue;
}

/** The value at a path of keys, undefined when any of them is missing. */
export function at(value: Value | undefined, ...path: readonly string[]): Value | undefined {
  return path.reduce<Value | undefined>((parent, key) => (isObject(parent) ? parent[key] : undefined), value);
}

/** The text at a path of keys, empty when it is missing or no text. */
export function textAt(value: Value | undefined, ...path: readonly string[]): string {
  const found = at(value, ...path);
  return typeof found === "string" ? found : "";
}

/** A copy without properties that are null: the engine sends those for inputs that were left out. */
export function withoutNulls(values: Values): Values {
  const present = Object.entries(values).filter(([, value]) => value !== null);
  return Object.fromEntries(present.map(([key, value]) => [key, cleaned(value)]));
}

function cleaned(value: Value): Value {
  if (Array.isArray(value)) return value.map(cleaned);
  return isObject(value) ? withoutNulls(value) : value;
}
