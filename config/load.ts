import { z } from "zod";
import { catalogue } from "./catalogue.ts";
import { type EnvironmentName, environments } from "./defaults.ts";
import { CONFIG_VERSION, pendingEdits } from "./migrations.ts";
import { ConfigError, type Problem, problemsOf, wording } from "./problems.ts";
import { crossFieldProblems } from "./rules.ts";
import { type Settings, settingsSchema } from "./schema.ts";

/** The configuration of one stack: all settings with their defaults, and what follows from them. */
export interface Config extends Settings {
  readonly stack: string;
}

/**
 * Reads the configuration of a stack.
 * @param stack name of the stack; dev, staging or prod choose the environment by themselves.
 * @param values the `config:` section of `Pulumi.<stack>.yaml`, or the values as the engine hands them to the program
 *   (text, with JSON for groups). Keys outside the `homeslice:` namespace belong to others and are passed over.
 * @throws ConfigError with all problems at once.
 */
export function loadConfig(stack: string, values: Readonly<Record<string, unknown>>): Config {
  const written = settingsIn(values);
  const outdated = versionProblems(stack, written);
  if (outdated.length > 0) throw new ConfigError(`Pulumi.${stack}.yaml`, outdated);
  const environment = environmentOf(stack, written);
  const result = settingsSchema(environment ?? "prod").safeParse(written, { reportInput: true, error: wording });
  const problems = result.success
    ? crossFieldProblems(result.data)
    : allProblems(written, environment, result.error.issues);
  if (environment === undefined && !("environment" in written)) problems.push(missingEnvironment(stack));
  if (problems.length > 0 || !result.success) throw new ConfigError(`Pulumi.${stack}.yaml`, problems.toSorted(byPath));
  return { ...result.data, stack };
}

const namespace = "homeslice:";

/** The values under our namespace without it; groups that the engine hands over as JSON become objects again. */
export function settingsIn(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([key]) => key.startsWith(namespace))
      .map(([key, value]) => [key.slice(namespace.length), fromText(value, key)]),
  );
}

/** The version that settings say they are of, if they say one that there can be. */
export function versionOf(settings: Readonly<Record<string, unknown>>): number | undefined {
  return z.int().min(1).safeParse(settings["version"]).data;
}

/** What keeps settings of another version from being read as if they were of this one. */
function versionProblems(stack: string, settings: Readonly<Record<string, unknown>>): Problem[] {
  const version = versionOf(settings);
  if (version !== undefined && version > CONFIG_VERSION) {
    const message = `${version} is newer than ${CONFIG_VERSION}, which this Homeslice reads: use a newer Homeslice`;
    return [{ path: "version", message }];
  }
  const advice = `run \`./homeslice config migrate --stack ${stack}\``;
  if (version !== undefined && version < CONFIG_VERSION) {
    return [{ path: "version", message: `${version} is earlier than ${CONFIG_VERSION}, which is read: ${advice}` }];
  }
  const old = version === undefined ? pendingEdits(settings, version).filter(({ value }) => value === undefined) : [];
  return old.map(({ path }) => ({ path: path.join("."), message: `belongs to an earlier version: ${advice}` }));
}

function fromText(value: unknown, key: string): unknown {
  if (key === `${namespace}version` && typeof value === "string" && /^\d+$/.test(value)) return Number(value);
  if (typeof value !== "string" || !/^\s*[{[]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value; // Not JSON after all: the schema says what it should have been.
  }
}

function environmentOf(stack: string, written: Readonly<Record<string, unknown>>): EnvironmentName | undefined {
  const name = written["environment"] ?? stack;
  return environments.find((environment) => environment === name);
}

function missingEnvironment(stack: string): Problem {
  const message = `is missing: "${stack}" does not say which defaults apply, write ${environments.join(", ")}`;
  return { path: "environment", message };
}

/** What the schema found, and what lies between settings that are sound in themselves. */
function allProblems(
  written: Readonly<Record<string, unknown>>,
  environment: EnvironmentName = "prod",
  issues: readonly z.core.$ZodIssue[],
): Problem[] {
  const known = catalogue(environment).map(({ path }) => path);
  const faulty = new Set(
    issues.flatMap((issue) => (issue.path.length > 0 ? issue.path.slice(0, 1) : unknownKeys(issue))),
  );
  const sound = Object.entries(written).filter(([key]) => !faulty.has(key));
  const rest = settingsSchema(environment).safeParse({ domain: "home.example.org", ...Object.fromEntries(sound) });
  const between = rest.success ? crossFieldProblems(rest.data) : [];
  return [...problemsOf(issues, known), ...between.filter(({ path }) => !faulty.has(path.split(".")[0] ?? path))];
}

function unknownKeys(issue: z.core.$ZodIssue): string[] {
  return issue.code === "unrecognized_keys" ? issue.keys : [];
}

function byPath(left: Problem, right: Problem): number {
  return left.path.localeCompare(right.path, "en");
}
