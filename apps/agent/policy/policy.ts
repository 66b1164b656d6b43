import { realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { hasCode, messageOf, problemsOf, StartupError } from "../errors.ts";
import { readIfPresent } from "../files.ts";
import { distrust, isWritableByOthers } from "../sandbox/trust.ts";
import { PolicyFile } from "./policyFile.ts";

/** What the owner of a server lets orchestrators do on it. */
export interface Policy extends Pick<PolicyFile, "isolation" | "network" | "limits"> {
  /**
   * Says why a command may not run, or undefined when it may.
   * @param file the absolute path of the program that was found for the command
   */
  refusal(file: string): Promise<string | undefined>;
  /** Says why a kind of operation is not done here, or undefined when it is. */
  operationRefusal(type: string): string | undefined;
  /** Real paths that no operation sees. */
  readonly forbiddenPaths: readonly string[];
  /** Where an isolated command may write, besides its own directory. */
  readonly writablePaths: readonly string[];
}

/** Reads the policy. @throws StartupError when the file is not a policy, or others can change it */
export async function readPolicy(path: string): Promise<Policy> {
  const text = await readIfPresent(path);
  if (text === undefined) return await policyOf(PolicyFile.parse({ commands: [], operations: [] }), path);
  if (await isWritableByOthers(path)) {
    throw new StartupError(
      `${path} can be changed by others: what it allows is not its owner's word`,
      `chmod go-w ${path}`,
    );
  }
  let parsed: PolicyFile;
  try {
    parsed = PolicyFile.parse(parse(text));
  } catch (cause) {
    const problem = cause instanceof z.ZodError ? problemsOf(cause) : `  ${messageOf(cause)}`;
    throw new StartupError(
      `${path} is not a policy:\n${problem}`,
      "Write `commands: all`, or a list of absolute paths; docs/agents.md describes the rest.",
      { cause },
    );
  }
  return await policyOf(parsed, path);
}

async function policyOf(file: PolicyFile, path: string): Promise<Policy> {
  const { commands, operations, isolation, network, limits } = file;
  return {
    refusal: commands === "all" ? async () => undefined : allowList(commands, path),
    operationRefusal: (type) =>
      operations.some((one) => one === type)
        ? undefined
        : `${type} is not allowed on this server: its owner can add it to "operations" in ${path}`,
    isolation,
    network,
    limits,
    forbiddenPaths: await Promise.all(file.forbidden_paths.map(real)),
    writablePaths: await Promise.all(file.writable_paths.map(real)),
  };
}

function allowList(commands: readonly string[], path: string): Policy["refusal"] {
  return async (file) => {
    const allowed = new Set(await Promise.all(commands.map(canonical)));
    if (allowed.has(await canonical(file)) || allowed.has(await realpath(file))) {
      const reason = await distrust(file);
      return reason && `${file} is allowed on this server, and still not run: ${reason}`;
    }
    return `${file} is not allowed on this server: its owner can add it to "commands" in ${path}`;
  };
}

/**
 * A path whose directory is resolved but whose last name is kept: one file can be many programs, told apart by the name
 * that it is called by (busybox), and allowing one of them must not allow the others.
 */
async function canonical(file: string): Promise<string> {
  return join(await real(dirname(file)), basename(file));
}

/** A path without links; as it is when there is nothing. */
async function real(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR", "EACCES")) return path;
    throw error;
  }
}
