import type { Command } from "commander";
import { addClusterOptions } from "../cluster/options.ts";

/** `preview --stack NAME`: cluster mode. */
export function registerPreview(program: Command): void {
  const command = program
    .command("preview")
    .description("show what `up` would change in a stack's cluster, and change nothing")
    .requiredOption("--stack <name>", "the stack: dev, prod, or any other with a Pulumi.<name>.yaml");
  addClusterOptions(command).action(async (options: unknown) => {
    const { runCluster } = await import("../cluster/run.ts");
    await runCluster("preview", options);
  });
}
