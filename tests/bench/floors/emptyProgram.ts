import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { EngineCommand } from "@homeslice/cli/cluster/engineCommand.ts";
import { findEngine } from "@homeslice/cli/engine/index.ts";
import { LocalWorkspace } from "@pulumi/pulumi/automation/index.js";
import { z } from "zod";
import { cache } from "../../e2e/clusterSupport.ts";

// emptyProgram.ts DIRECTORY preview|up: a stack without resources, whose state is in that directory.

const [directory, command] = z.tuple([z.string(), z.enum(["preview", "up"])]).parse(process.argv.slice(2));
const engine = await findEngine({ cache, env: process.env, say: () => undefined });
const files = { record: join(directory, "engine.json"), log: join(directory, "engine.log") };
const stack = await LocalWorkspace.createOrSelectStack(
  { stackName: "empty", projectName: "empty", program: async () => ({}) },
  {
    workDir: directory,
    pulumiCommand: new EngineCommand(engine, files),
    envVars: {
      PULUMI_BACKEND_URL: pathToFileURL(directory).href,
      PULUMI_CONFIG_PASSPHRASE: "of the bench",
      PULUMI_SKIP_UPDATE_CHECK: "true",
    },
  },
);
await stack[command]();
