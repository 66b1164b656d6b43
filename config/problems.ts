import { closest, distance } from "fastest-levenshtein";
import type { z } from "zod";
import { ANY_NAME } from "./catalogue.ts";
import { UserError } from "./errors.ts";

/** One mistake in the configuration: where it is, and in one line what is wrong and what to write instead. */
export interface Problem {
  /** Dotted path without the namespace: `redis.size`. */
  readonly path: string;
  readonly message: string;
}

/** Everything that is wrong with the configuration of a stack; nothing has been created or changed when it is thrown. */
export class ConfigError extends UserError {
  readonly problems: readonly Problem[];

  constructor(file: string, problems: readonly Problem[]) {
    super({ code: "config.invalid", what: report(file, problems), fix: "Nothing was changed." });
    this.problems = problems;
  }
}

function report(file: string, problems: readonly Problem[]): string {
  const rows = problems.map(({ path, message }) => ({ key: `homeslice:${path}`, message }));
  const width = Math.max(...rows.map(({ key }) => key.length));
  const heading = `${file} has ${rows.length === 1 ? "1 problem" : `${rows.length} problems`}`;
  return [heading, ...rows.map(({ key, message }) => `  ${key.padEnd(width)}  ${message}`)].join("\n");
}

/** What the schema found, in the words of the user; `known` holds the paths of all settings. */
export function problemsOf(issues: readonly z.core.$ZodIssue[], known: readonly string[]): Problem[] {
  return issues.flatMap((issue) => {
    const path = pathOf(issue.path);
    if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(path, key, known));
    if (issue.code === "invalid_key") return issue.issues.map(({ message }) => ({ path, message }));
    return [{ path, message: issue.message }];
  });
}

function pathOf(segments: readonly PropertyKey[]): string {
  return segments.reduce<string>((path, segment) => {
    if (typeof segment === "number") return `${path}[${segment}]`;
    return path ? `${path}.${String(segment)}` : String(segment);
  }, "");
}

function unknownKey(group: string, key: string, known: readonly string[]): Problem {
  const general = group ? `${asKnown(group, known)}.` : "";
  const prefix = group ? `${group}.` : "";
  const path = `${prefix}${key}`;
  const siblings = known
    .filter((other) => other.startsWith(general) && !other.slice(general.length).includes("."))
    .map((other) => `${prefix}${other.slice(general.length)}`);
  const namesake = known.find((other) => other.endsWith(`.${key}`));
  const suggestion = nearest(path, siblings) ?? namesake;
  const advice = suggestion
    ? `did you mean "${suggestion}"?`
    : `known here are ${siblings.map((other) => other.slice(prefix.length)).join(", ")}`;
  return { path, message: `unknown key: ${advice}` };
}

/** The path under which the settings are known: with a placeholder where the user gives the name. */
function asKnown(path: string, known: readonly string[]): string {
  const segments = path.split(".");
  const sameShape = (other: string) => {
    const others = other.split(".");
    return others.length === segments.length && others.every((part, at) => part === ANY_NAME || part === segments[at]);
  };
  return known.find(sameShape) ?? path;
}

/** The candidate that a typing mistake may have turned into `word`, if there is one. */
function nearest(word: string, candidates: readonly string[]): string | undefined {
  if (candidates.length === 0) return undefined;
  const candidate = closest(word, [...candidates]);
  const leaf = candidate.slice(candidate.lastIndexOf(".") + 1);
  return distance(word, candidate) <= Math.max(1, Math.floor(leaf.length / 2.5)) ? candidate : undefined;
}

/** The wording of what the schema itself has no words for. */
export function wording(issue: z.core.$ZodRawIssue): string | undefined {
  const found = JSON.stringify(issue.input);
  if (issue.input === undefined && issue.code === "invalid_type") return "is missing: write a value";
  switch (issue.code) {
    case "invalid_type":
      return `${found} is not ${nouns[issue.expected] ?? issue.expected}`;
    case "invalid_union":
      return `${found} is not a single value: write a text, a number, true or false`;
    case "invalid_value": {
      const values = issue.values.map(String);
      const suggestion = typeof issue.input === "string" ? nearest(issue.input, values) : undefined;
      return `${found} is not known: ${suggestion ? `did you mean "${suggestion}"?` : `use one of ${values.join(", ")}`}`;
    }
    case "too_small":
      if (issue.origin === "string") return "is empty: write a value or leave it out";
      if (issue.origin === "array") return "is an empty list: name one at least, or leave it out";
      return `${found} is too small: use ${issue.minimum} or more`;
    case "too_big":
      return `${found} is too large: use ${issue.maximum} or less`;
    default:
      return undefined;
  }
}

const nouns: Readonly<Record<string, string>> = {
  array: "a list: write one entry a line, each after a hyphen",
  boolean: "true or false: write it without quotes",
  int: "a whole number: write it without quotes or fraction",
  number: "a whole number: write it without quotes or fraction",
  object: "a group of settings: write its keys below it, indented",
  record: "a group of settings: write its keys below it, indented",
  string: "a text: write it in quotes",
};
