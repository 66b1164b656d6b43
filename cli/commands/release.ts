import type { Command } from "commander";
import { addClusterOptions, addConfirmation } from "../cluster/options.ts";

/** `release --stack NAME`: blue-green releases of the orchestrator. */
export function registerRelease(program: Command): void {
  const command = program
    .command("release")
    .description("bring another version of the orchestrator up beside the one that serves, check it, and switch over")
    .requiredOption("--stack <name>", "the stack: dev, prod, or any other with a Pulumi.<name>.yaml")
    .option("--image <reference>", "the image to release (default: that of images.references.orchestrator)")
    .option("--version <tag>", "another version of the image that serves, by its tag")
    .option("--rollback", "back to the version that served before");
  addConfirmation(addClusterOptions(command)).action(async (options: unknown) => {
    const { release } = await import("../cluster/release/release.ts");
    await release(options);
  });
}
