import type { Command } from "commander";
import { addClusterOptions, addConfirmation } from "../cluster/options.ts";

/** `destroy --stack NAME`: cluster mode. */
export function registerDestroy(program: Command): void {
  const command = program
    .command("destroy")
    .description("delete a stack from its cluster, unless it holds protected data")
    .requiredOption("--stack <name>", "the stack: dev, prod, or any other with a Pulumi.<name>.yaml");
  addConfirmation(addClusterOptions(command)).action(async (options: unknown) => {
    const { runCluster } = await import("../cluster/run.ts");
    await runCluster("destroy", options);
  });
}
