import { realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { hasCode, messageOf, problemsOf, StartupError } from "../errors.ts";
import { readIfPresent } from "../files.ts";

/**
 * policy.yaml: what the owner of this server lets orchestrators run on it.
 *
 *     # Every command, with the rights of the agent's user:
 *     commands: all
 *
 *     # Or only these programs, by absolute path, with any arguments:
 *     commands:
 *       - /usr/bin/uptime
 *       - /usr/bin/systemctl
 *
 * Without the file, nothing may run. It is read at the start and again on SIGHUP.
 */
const PolicyFile = z.strictObject({
  commands: z.union([z.literal("all"), z.array(z.string().startsWith("/", "give absolute paths"))], {
    error: "write `all`, or a list of absolute paths of programs",
  }),
});

/** Says why a command may not run, or undefined when it may. */
export interface Policy {
  /** @param file the absolute path of the program that was found for the command */
  refusal(file: string): Promise<string | undefined>;
}

/** Reads the policy. @throws StartupError when the file is not a policy */
export async function readPolicy(path: string): Promise<Policy> {
  const text = await readIfPresent(path);
  if (text === undefined) return allowList([], path);
  let parsed: z.infer<typeof PolicyFile>;
  try {
    parsed = PolicyFile.parse(parse(text));
  } catch (cause) {
    const problem = cause instanceof z.ZodError ? problemsOf(cause) : `  ${messageOf(cause)}`;
    throw new StartupError(
      `${path} is not a policy:\n${problem}`,
      "Write `commands: all`, or a list of absolute paths.",
      { cause },
    );
  }
  return parsed.commands === "all" ? { refusal: async () => undefined } : allowList(parsed.commands, path);
}

function allowList(commands: readonly string[], path: string): Policy {
  return {
    async refusal(file) {
      const allowed = new Set(await Promise.all(commands.map(canonical)));
      if (allowed.has(await canonical(file)) || allowed.has(await realpath(file))) return undefined;
      return `${file} is not allowed on this server: its owner can add it to "commands" in ${path}`;
    },
  };
}

/**
 * A path whose directory is resolved but whose last name is kept: one file can be many programs, told apart by the name
 * that it is called by (busybox), and allowing one of them must not allow the others.
 */
async function canonical(file: string): Promise<string> {
  try {
    return join(await realpath(dirname(file)), basename(file));
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR", "EACCES")) return file;
    throw error;
  }
}
