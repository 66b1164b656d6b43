import { join } from "node:path";
import type { ShellCommand } from "@homeslice/protocol/operations/index.ts";
import { commandEnvironment, resolveCommand } from "../../jobs/command.ts";
import { refused } from "../../jobs/ending.ts";
import type { Prepare } from "../preparation.ts";

/** Prints what a dry run found: the script is a constant, the text an argument. */
const PRINT = 'printf "%s\\n" "$1"';

export const prepareShellCommand: Prepare<ShellCommand> = async (operation, { executionId, directory, shop }) => {
  const [command, ...rest] = operation.argv;
  const resolved = await resolveCommand(command, shop.hostname);
  if ("error" in resolved) return refused(resolved.error, resolved.exitCode);
  const forbidden = await shop.policy().refusal(resolved.file);
  if (forbidden !== undefined) return refused(forbidden, 126);
  const workingDirectory = operation.working_directory ?? join(directory, "work");
  const environment = { ...operation.environment_vars, ...commandEnvironment(executionId, directory) };
  const prepared = { argv: [resolved.file, ...rest] as const, environment, workingDirectory };
  if (!operation.dry_run) return prepared;
  const where = operation.working_directory ?? "an empty private directory";
  const plan = `dry run: would run ${JSON.stringify(prepared.argv)} in ${where}`;
  return { argv: ["/bin/sh", "-c", PRINT, "plan", plan], environment, workingDirectory: join(directory, "work") };
};
