import { type Config, loadConfig, UserError } from "@homeslice/config";
import { platform, reachGrafana } from "@homeslice/stacks";
import * as pulumi from "@pulumi/pulumi";

/** What a user can mend is told as it is, without the stack trace of a defect. */
async function told<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof UserError ? new pulumi.RunError(error.message) : error;
  }
}

/** The settings of the selected stack. */
async function configuration(): Promise<Config> {
  return loadConfig(pulumi.getStack(), pulumi.runtime.allConfig());
}

const config = await told(configuration());
// A preview asks nothing of Grafana. The way lasts until the engine has finished, deletions included.
if (config.grafana.enabled && !pulumi.runtime.isDryRun()) await told(reachGrafana(config));

export const { edge, environment, namespaces, orchestrator } = platform(config);
