import { type Config, loadConfig, UserError } from "@homeslice/config";
import { platform } from "@homeslice/stacks";
import * as pulumi from "@pulumi/pulumi";

/** The settings of the selected stack; a mistake in them is told as it is, without the stack trace of a defect. */
function configuration(): Config {
  try {
    return loadConfig(pulumi.getStack(), pulumi.runtime.allConfig());
  } catch (error) {
    throw error instanceof UserError ? new pulumi.RunError(error.message) : error;
  }
}

export const { edge, environment, namespaces, orchestrator } = platform(configuration());
