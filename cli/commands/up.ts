import type { Command } from "commander";
import { addClusterOptions, addConfirmation } from "../cluster/options.ts";

/** `up` runs Homeslice on this machine; `up --stack NAME` deploys it to a cluster. */
export function registerUp(program: Command): void {
  const command = program
    .command("up")
    .description("run Homeslice on this machine, or with --stack deploy it to a Kubernetes cluster")
    .option("--detach", "on this machine: return when it is ready and leave it running")
    .option("--port <number>", "on this machine: port of the API, on the loopback address (default: 8080)")
    .option("--stack <name>", "deploy this stack: dev, prod, or any other with a Pulumi.<name>.yaml")
    .option("--allow-data-loss", "with --stack: delete or replace what holds data: volumes, namespaces, keys");
  addConfirmation(addClusterOptions(command)).action(async (options: UpOptions) => {
    if (options.stack !== undefined) {
      const { runCluster } = await import("../cluster/run.ts");
      await runCluster("up", options);
    } else {
      const { up } = await import("../local/up.ts");
      await up(options);
    }
  });
}

interface UpOptions {
  readonly stack?: string;
  readonly detach?: boolean;
  readonly port?: string;
}
