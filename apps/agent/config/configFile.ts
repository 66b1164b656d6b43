import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { messageOf, problemsOf, StartupError } from "../errors.ts";

/** A place for an environment variable: ${NAME}, or ${NAME:-what it is without one}. */
const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

const PREFIX = "HOMESLICE_";

/**
 * Reads settings from a YAML file: each by the name of its environment variable in small letters and without
 * `HOMESLICE_`. In its texts, `${NAME}` stands for an environment variable.
 * @param names the environment variables that are settings
 * @returns them as environment variables @throws StartupError with everything that is wrong with the file
 */
export function readConfigFile(
  path: string,
  names: readonly string[],
  environment: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  const given = parseFile(path);
  const problems: string[] = [];
  const settings: NodeJS.ProcessEnv = {};
  for (const [key, value] of Object.entries(given)) {
    const name = PREFIX + key.toUpperCase();
    if (!names.includes(name) || key !== key.toLowerCase()) problems.push(`  ${key}  there is no such setting`);
    settings[name] = String(value).replaceAll(VARIABLE, (_, variable: string, otherwise?: string) => {
      const found = environment[variable] ?? otherwise;
      if (found === undefined) problems.push(`  ${key}  the environment has no ${variable}`);
      return found ?? "";
    });
  }
  if (problems.length > 0) throw complaint(path, problems.join("\n"));
  return settings;
}

function parseFile(path: string): Record<string, string | number | boolean> {
  try {
    const content: unknown = parse(readFileSync(path, "utf8")) ?? {};
    return z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).parse(content);
  } catch (cause) {
    throw complaint(path, cause instanceof z.ZodError ? problemsOf(cause) : `  ${messageOf(cause)}`, { cause });
  }
}

function complaint(path: string, problems: string, options?: ErrorOptions): StartupError {
  return new StartupError(
    `${path} is not a configuration of the agent:\n${problems}`,
    "docs/reference/agent.md names every setting.",
    options,
  );
}
