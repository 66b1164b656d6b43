import { join } from "node:path";
import type { ShellCommand } from "@homeslice/protocol/operations/index.ts";
import { commandEnvironment, resolveCommand } from "../../jobs/command.ts";
import { refused } from "../../jobs/ending.ts";
import { strictest } from "../../sandbox/limits.ts";
import type { Prepare, Prepared } from "../preparation.ts";
import { MissingSecret } from "../secrets.ts";
import { handOver } from "./secrets.ts";

/** Prints what a dry run found: the script is a constant, the text an argument. */
const PRINT = 'printf "%s\\n" "$1"';

export const prepareShellCommand: Prepare<ShellCommand> = async (operation, { directory, shop, ...place }) => {
  const [command, ...rest] = operation.argv;
  const resolved = await resolveCommand(command, shop.hostname);
  if ("error" in resolved) return refused(resolved.error, resolved.exitCode);
  const policy = shop.policy();
  const forbidden = await policy.refusal(resolved.file);
  if (forbidden !== undefined) return refused(forbidden, 126);
  const own = commandEnvironment(place, directory);
  const prepared: Prepared = {
    argv: [resolved.file, ...rest],
    environment: own,
    workingDirectory: operation.working_directory ?? join(directory, "work"),
    isolate: true,
    limits: strictest(policy.limits, operation.limits),
  };
  if (operation.dry_run) return rehearsal(operation, prepared, directory, shop.sandbox.protections(policy));
  try {
    const secrets = await handOver(operation, directory, shop);
    return { ...prepared, environment: { ...operation.environment_vars, ...secrets, ...own } };
  } catch (error) {
    if (error instanceof MissingSecret) return refused(error.message);
    throw error;
  }
};

function rehearsal(operation: ShellCommand, prepared: Prepared, directory: string, protections: string[]): Prepared {
  const plan = [
    `dry run: would run ${JSON.stringify(prepared.argv)}`,
    `in ${operation.working_directory ?? "an empty private directory"}`,
    `limits: ${JSON.stringify(prepared.limits)}`,
    `protections: ${protections.join(", ") || "none"}`,
  ].join("\n");
  return { ...prepared, argv: ["/bin/sh", "-c", PRINT, "plan", plan], workingDirectory: join(directory, "work") };
}
