import { loadConfig } from "@homeslice/config";
import { platform } from "@homeslice/stacks";
import * as pulumi from "@pulumi/pulumi";

const outputs = platform(loadConfig(pulumi.getStack(), pulumi.runtime.allConfig()));

export const { environment, namespaces, orchestrator } = outputs;
