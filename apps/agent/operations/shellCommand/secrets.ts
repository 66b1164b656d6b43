import { mkdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { type Operation, SecretName, type ShellCommand } from "@homeslice/protocol/operations/index.ts";
import { writeDurably } from "../../files.ts";
import type { Workshop } from "../../jobs/workshop.ts";
import { MissingSecret, readSecret } from "../secrets.ts";

/** In the working directory of an attempt: what its command sees of the server's secrets. */
const DIRECTORY = "work/.secrets";

/** Names of the orchestrator's secrets that an operation asks for: they come with its job. */
export function givenSecrets(operation: Operation): string[] {
  if (operation.type !== "shell_command" || operation.dry_run) return [];
  const given = (operation.secrets ?? []).filter(({ from }) => from === "orchestrator");
  return [...new Set(given.map(({ name }) => SecretName.parse(name)))];
}

/**
 * Hands the secrets that a command asks for to it, each by a variable that holds it or the path of a file with it:
 * never as an argument, which every process of the server can read.
 * @returns the variables @throws MissingSecret
 */
export async function handOver(
  { secrets = [] }: ShellCommand,
  attempt: string,
  { secretsDir, vault }: Pick<Workshop, "secretsDir" | "vault">,
): Promise<Record<string, string>> {
  const variables: Record<string, string> = {};
  for (const { name, variable, as, from } of secrets) {
    if (from === "orchestrator") {
      const secret = await vault.read(basename(attempt), name);
      if (secret === undefined) throw new MissingSecret(GONE);
      variables[variable] = as === "value" ? secret : join(vault.directoryOf(basename(attempt)), name);
      continue;
    }
    const secret = await readSecret(name, secretsDir);
    variables[variable] = as === "value" ? secret : await writeOwn(secret, name, attempt);
  }
  return variables;
}

const GONE = "the secrets that came with the job are gone: the server was restarted before it began";

async function writeOwn(secret: string, name: string, attempt: string): Promise<string> {
  const path = join(attempt, DIRECTORY, name);
  await mkdir(join(attempt, DIRECTORY), { recursive: true, mode: 0o700 });
  await writeDurably(path, secret);
  return path;
}

/** The command is over: what it was given of the secrets is of no use any more. */
export async function takeBack(attempt: string): Promise<void> {
  await rm(join(attempt, DIRECTORY), { recursive: true, force: true });
}
