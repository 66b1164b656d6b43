import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { ShellCommand } from "@homeslice/protocol/operations/index.ts";
import { writeDurably } from "../../files.ts";
import { readSecret } from "../secrets.ts";

/** In the working directory of an attempt: what its command sees of the server's secrets. */
const DIRECTORY = "work/.secrets";

/**
 * Hands the secrets that a command asks for to it, each by a variable that holds it or the path of a file with it:
 * never as an argument, which every process of the server can read.
 * @returns the variables @throws MissingSecret
 */
export async function handOver(
  { secrets = [] }: ShellCommand,
  secretsDir: string,
  attempt: string,
): Promise<Record<string, string>> {
  const variables: Record<string, string> = {};
  for (const { name, variable, as } of secrets) {
    const secret = await readSecret(name, secretsDir);
    if (as === "value") {
      variables[variable] = secret;
      continue;
    }
    const path = join(attempt, DIRECTORY, name);
    await mkdir(join(attempt, DIRECTORY), { recursive: true, mode: 0o700 });
    await writeDurably(path, secret);
    variables[variable] = path;
  }
  return variables;
}

/** The command is over: what it was given of the secrets is of no use any more. */
export async function takeBack(attempt: string): Promise<void> {
  await rm(join(attempt, DIRECTORY), { recursive: true, force: true });
}
