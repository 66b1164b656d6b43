import { existsSync, rmSync, writeFileSync } from "node:fs";
import { UserError } from "@homeslice/config";
import { CommandError, LocalWorkspace, type Stack } from "@pulumi/pulumi/automation/index.js";
import type { Engine } from "../engine/index.ts";
import { EngineCommand } from "./engineCommand.ts";
import { explain } from "./failures.ts";
import { openGrafana } from "./grafana.ts";
import type { Home } from "./home.ts";
import { type Interruption, passInterrupts } from "./interrupt.ts";
import { endOrphan, releaseStaleLocks } from "./leftovers.ts";
import { rememberCluster } from "./memory.ts";
import { type Outcome, perform, type Run } from "./operations.ts";
import type { ClusterOptions, Operation } from "./options.ts";
import { outputsOf } from "./outputs.ts";
import type { ClusterChoice } from "./prepare.ts";
import { createProgram, type Program } from "./program.ts";
import type { StackFile } from "./stackFile.ts";
import { settlePending } from "./state.ts";
import { backendUrl, PROJECT, prepareWorkspace, stateEnv } from "./workspace.ts";

/** What has been found out before the engine starts. */
export interface Parts {
  readonly options: ClusterOptions;
  readonly file: StackFile;
  readonly home: Home;
  readonly cluster: ClusterChoice;
  readonly engine: Engine;
  readonly say: (line: string) => void;
}

/** Everything between the start of the engine and its end; failures leave as messages to the user. */
export async function drive(operation: Operation, parts: Parts): Promise<Outcome> {
  const { options, home, cluster, say } = parts;
  const command = new EngineCommand(parts.engine, home.engine);
  const program = createProgram(cluster.settings);
  const diagnostics: string[] = [];
  await endOrphan(home.engine.record, say);
  const interruption = passInterrupts(command, say);
  try {
    const stack = await openStack(parts, command, program);
    const { yes, allowDataLoss } = options;
    const run = { stack, command, yes, allowDataLoss, say, diagnostics };
    return operation === "preview" ? await perform(operation, run) : await reach(operation, run, parts);
  } catch (error) {
    throw failureOf(error, options.stack, diagnostics, program, interruption);
  } finally {
    interruption.dispose();
  }
}

async function openStack(parts: Parts, command: EngineCommand, program: Program): Promise<Stack> {
  const { options, file, home, cluster, say } = parts;
  const backend = backendUrl(home, options.backend, process.env);
  releaseStaleLocks(backend, options.stack, say);
  prepareWorkspace(home, file, cluster.plugins);
  const stack = await LocalWorkspace.createOrSelectStack(
    { stackName: options.stack, projectName: PROJECT, program: program.run },
    {
      workDir: home.stack,
      pulumiCommand: command,
      envVars: { ...stateEnv(home, backend, process.env), ...cluster.env },
    },
  );
  // After each operation the SDK starts the engine for its history, which nobody reads here, and twice for the outputs.
  return Object.assign(stack, { info: async () => undefined, outputs: () => outputsOf(stack, command) });
}

/** A run that knows what it leaves out since its server cannot be reached. */
type Reaching = Run & Required<Pick<Run, "leftOut">>;

/** Does what asks Authentik and Grafana too, with a way to Grafana as long as it takes. */
async function reach(operation: Operation, run: Run, parts: Parts): Promise<Outcome> {
  const grafana = await openGrafana({ ...run, file: parts.file, cluster: parts.cluster });
  try {
    const reaching = { ...run, leftOut: grafana.leftOut };
    // Whoever compares changes nothing, and so writes nothing down.
    return operation === "drift" ? await perform(operation, reaching) : await change(operation, reaching, parts);
  } finally {
    await grafana.close();
  }
}

/** Marks the stack as being changed, and first puts in order what a run left that did not come to its end. */
async function change(operation: Operation, run: Reaching, { home, cluster, say }: Parts): Promise<Outcome> {
  if (existsSync(home.unfinished)) await settlePending(run.stack, run.command, say, run.leftOut);
  writeFileSync(home.unfinished, "");
  rememberCluster(home.cluster, cluster.memory);
  const outcome = await perform(operation, run);
  rmSync(home.unfinished, { force: true });
  return outcome;
}

/** The failure in the user's terms; what is none of the engine's is a defect and keeps its stack. */
function failureOf(
  error: unknown,
  stack: string,
  diagnostics: readonly string[],
  program: Program,
  interruption: Interruption,
): unknown {
  if (interruption.requested()) {
    const fix = "What had begun is written down: run the same command again to finish it.";
    return new UserError(
      { code: "run.interrupted", where: `stack ${stack}`, what: "stopped by you", fix },
      { cause: error },
    );
  }
  if (!(error instanceof CommandError)) return error;
  return program.failure() ?? explain({ diagnostics, text: error.message, stack }, error);
}
