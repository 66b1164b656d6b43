import { type Command, Option } from "commander";
import { z } from "zod";

/** What can be done with a stack. */
export type Operation = "preview" | "up" | "refresh" | "drift" | "destroy";

/** The command line of cluster mode, after parsing. */
export const clusterOptionsSchema = z.object({
  stack: z.string().min(1),
  config: z.string().optional(),
  backend: z.string().optional(),
  cluster: z.literal("k3d").optional(),
  context: z.string().optional(),
  yes: z.boolean().default(false),
  allowDataLoss: z.boolean().default(false),
  json: z.boolean().default(false),
  showSecrets: z.boolean().default(false),
});
export type ClusterOptions = z.output<typeof clusterOptionsSchema>;

/** Adds the options that every cluster command understands, apart from `--stack` itself. */
export function addClusterOptions(command: Command): Command {
  return command
    .option("--config <dir>", "folder with Pulumi.<stack>.yaml (default: this checkout)")
    .option(
      "--backend <url>",
      "where the state is kept, any Pulumi backend (default: PULUMI_BACKEND_URL, else a local folder)",
    )
    .addOption(
      new Option("--cluster <kind>", "create a local cluster and use it (needs Docker and k3d)").choices(["k3d"]),
    )
    .option("--context <name>", "context of the kubeconfig (default: its current one)")
    .option("--json", "print one JSON object at the end; progress goes to stderr")
    .option("--show-secrets", "print secret outputs in clear text");
}

/** Adds `--yes`, for the commands that change something. */
export function addConfirmation(command: Command): Command {
  return command.option("-y, --yes", "do not ask before changing anything");
}
