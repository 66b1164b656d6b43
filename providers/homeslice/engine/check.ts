import { containsUnknown, type Values, valuesSchema, withoutNulls } from "@homeslice/plugin";
import { closest, distance } from "fastest-levenshtein";
import { z } from "zod";
import type { Failure } from "./definition.ts";

/** Arguments that every resource has beside its own. */
export const commonArgs = {
  /** Take over an object of the same name or slug that exists already, instead of failing. @default false */
  adopt: z.boolean().default(false),
};

/**
 * Checks what a program gives: all mistakes at once, each with its property path. The result is completed with
 * defaults; values that are known only after other resources exist are checked when they are.
 */
export function checkArgs(shape: z.ZodRawShape, given: Values): { inputs: Values; failures: Failure[] } {
  const inputs = withoutNulls(given);
  const strange = Object.keys(inputs).filter((key) => !Object.hasOwn(shape, key));
  const failures = strange.map((key) => ({ property: key, reason: advice(key, Object.keys(shape)) }));
  const open = Object.entries(inputs).filter(([, value]) => containsUnknown(value));
  const isOpen = (key: string) => open.some(([other]) => other === key);
  const known = Object.fromEntries(Object.entries(shape).filter(([key]) => !isOpen(key)));
  const result = z.object(known).safeParse(inputs, { error: wording });
  if (!result.success) return { inputs, failures: [...failures, ...result.error.issues.map(failureOf)] };
  return { inputs: { ...plain(result.data), ...Object.fromEntries(open) }, failures };
}

/** A value as it travels between engine and plugin: without undefined, dates as text. */
export function plain(value: unknown): Values {
  return valuesSchema.parse(JSON.parse(JSON.stringify(value)));
}

function failureOf({ path, message }: z.core.$ZodIssue): Failure {
  return { property: pathOf(path), reason: message };
}

function pathOf(segments: readonly PropertyKey[]): string {
  return segments.reduce<string>((path, segment) => {
    if (typeof segment === "number") return `${path}[${segment}]`;
    return path ? `${path}.${String(segment)}` : String(segment);
  }, "");
}

function advice(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  return `unknown argument: ${near ? `did you mean "${near}"?` : `known are ${[...known].sort().join(", ")}`}`;
}

/** The candidate that a typing mistake may have turned into `word`, if there is one. */
function nearest(word: string, candidates: readonly string[]): string | undefined {
  const candidate = closest(word, [...candidates]);
  return distance(word, candidate) <= Math.max(1, Math.floor(candidate.length / 2.5)) ? candidate : undefined;
}

/** The words for what a schema itself has no words for; values are left out, since they may be secret. */
function wording(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.input === undefined && issue.code !== "unrecognized_keys") return "is missing";
  switch (issue.code) {
    case "invalid_type":
      return `must be ${nouns[issue.expected] ?? issue.expected}`;
    case "invalid_value":
      return choice(issue.values.map(String), issue.input);
    case "unrecognized_keys":
      return `unknown: ${issue.keys.join(", ")}`;
    case "too_small":
      return sized(issue.origin, issue.minimum, "at least");
    case "too_big":
      return sized(issue.origin, issue.maximum, "at most");
    case "invalid_format":
      return formats[issue.format];
    default:
      return undefined;
  }
}

function choice(values: readonly string[], input: unknown): string {
  const near = typeof input === "string" ? nearest(input, values) : undefined;
  return near ? `is not known: did you mean "${near}"?` : `is not known: use one of ${values.join(", ")}`;
}

function sized(origin: string, bound: number | bigint, relation: string): string {
  if (origin === "string") return bound === 1 ? "must not be empty" : `must have ${relation} ${bound} characters`;
  if (origin === "array") return bound === 1 ? "must not be empty" : `must have ${relation} ${bound} entries`;
  return `must be ${relation} ${bound}`;
}

const nouns: Readonly<Record<string, string>> = {
  array: "a list",
  boolean: "true or false",
  int: "a whole number",
  number: "a number",
  object: "a mapping",
  record: "a mapping",
  string: "a text",
};

const formats: Readonly<Record<string, string>> = {
  email: "is not an e-mail address",
  guid: "is not a UUID",
  datetime: 'is not a point in time: write it like "2030-01-31T12:00:00Z"',
};
