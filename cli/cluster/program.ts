import { type Config, loadConfig } from "@homeslice/config";
import { type PlatformOutputs, platform } from "@homeslice/stacks";
import * as pulumi from "@pulumi/pulumi";

/** The program, and what it failed with: the engine would pass on no more than a text. */
export interface Program {
  readonly run: () => Promise<PlatformOutputs>;
  readonly failure: () => unknown;
}

/** The same program as index.ts, on the cluster that the command line has chosen. */
export function createProgram(choose: (cluster: Config["cluster"]) => Config["cluster"]): Program {
  let failure: unknown;
  const run = async () => {
    try {
      const config = loadConfig(pulumi.getStack(), pulumi.runtime.allConfig());
      return platform({ ...config, cluster: choose(config.cluster) });
    } catch (error) {
      failure = error;
      throw error;
    }
  };
  return { run, failure: () => failure };
}
