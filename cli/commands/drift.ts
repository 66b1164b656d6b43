import type { Command } from "commander";
import { addClusterOptions } from "../cluster/options.ts";

/** `drift --stack NAME`: cluster mode. */
export function registerDrift(program: Command): void {
  const command = program
    .command("drift")
    .description("compare a stack's cluster with what the last run left there; exit code 1 when something differs")
    .requiredOption("--stack <name>", "the stack: dev, prod, or any other with a Pulumi.<name>.yaml")
    .option("--report", "tell the orchestrator, at HOMESLICE_URL or of this machine, for the platform page");
  addClusterOptions(command).action(async (options: unknown) => {
    const { checkDrift } = await import("../cluster/drift.ts");
    await checkDrift(options);
  });
}
