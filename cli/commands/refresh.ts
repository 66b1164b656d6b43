import type { Command } from "commander";
import { addClusterOptions } from "../cluster/options.ts";

/** `refresh --stack NAME`: cluster mode. */
export function registerRefresh(program: Command): void {
  const command = program
    .command("refresh")
    .description("find out what differs in the cluster from what the last run left there")
    .requiredOption("--stack <name>", "the stack: dev, prod, or any other with a Pulumi.<name>.yaml");
  addClusterOptions(command).action(async (options: unknown) => {
    const { runCluster } = await import("../cluster/run.ts");
    await runCluster("refresh", options);
  });
}
