import { existsSync, rmSync, writeFileSync } from "node:fs";
import { loadConfig, UserError } from "@homeslice/config";
import { CommandError, LocalWorkspace, type Stack } from "@pulumi/pulumi/automation/index.js";
import { findEngine } from "../engine/index.ts";
import { tryLock } from "../process/fileLock.ts";
import { isInteractive, requireConfirmable } from "./confirm.ts";
import { EngineCommand } from "./engineCommand.ts";
import { explain } from "./failures.ts";
import { cacheDirectory, type Home, openHome } from "./home.ts";
import { type Interruption, passInterrupts } from "./interrupt.ts";
import { endOrphan, releaseStaleLocks } from "./leftovers.ts";
import { rememberCluster } from "./memory.ts";
import { type Outcome, perform } from "./operations.ts";
import { type ClusterOptions, clusterOptionsSchema, type Operation } from "./options.ts";
import { type ClusterChoice, prepareCluster } from "./prepare.ts";
import { createProgram, type Program } from "./program.ts";
import { printOutcome } from "./report/outcome.ts";
import { readStackFile, type StackFile } from "./stackFile.ts";
import { settlePending } from "./state.ts";
import { backendUrl, PROJECT, prepareWorkspace, stateEnv } from "./workspace.ts";

const say = (line: string) => void process.stderr.write(`${line}\n`);

/**
 * Runs one operation on one stack, from the command line to the report. Whatever can be wrong on the user's side is
 * found before the engine starts: consent, stack, configuration, another run, cluster, engine, in this order.
 *
 * @throws UserError for all of these, and for every known failure of the run itself
 */
export async function runCluster(operation: Operation, given: unknown): Promise<void> {
  const started = Date.now();
  const options = clusterOptionsSchema.parse(given);
  requireConfirmable(operation, options.yes, isInteractive());
  const file = readStackFile(options.stack, options.config);
  loadConfig(options.stack, file.content.config ?? {});
  const home = openHome(options.stack, process.env);
  const release = holdStack(home, operation, options.stack);
  try {
    const cluster = await prepareCluster(options, file, home, say);
    const engine = await findEngine({ cache: cacheDirectory(process.env), env: process.env, say });
    const command = new EngineCommand(engine, home.engine);
    const outcome = await drive(operation, options, { file, home, cluster, command });
    printOutcome({ operation, options, outcome, durationMs: Date.now() - started });
  } finally {
    release();
  }
}

/** @throws UserError `stack.locked` */
function holdStack(home: Home, operation: Operation, stack: string): () => void {
  const attempt = tryLock(home.lock, `${operation} --stack ${stack}`);
  if (attempt.held) return attempt.release;
  const { pid, purpose, since } = attempt.holder;
  throw new UserError({
    code: "stack.locked",
    where: `stack ${stack}`,
    what: `another run is under way: \`${purpose}\`, process ${pid}, since ${since}`,
    fix: `Wait for it to end, or stop it in order with \`kill -INT ${pid}\`. Nothing was changed.`,
  });
}

interface Parts {
  readonly file: StackFile;
  readonly home: Home;
  readonly cluster: ClusterChoice;
  readonly command: EngineCommand;
}

/** Everything between the start of the engine and its end; failures leave as messages to the user. */
async function drive(operation: Operation, options: ClusterOptions, parts: Parts): Promise<Outcome> {
  const { home, command, cluster } = parts;
  const diagnostics: string[] = [];
  const program = createProgram(cluster.settings);
  await endOrphan(home.engine.record, say);
  const interruption = passInterrupts(command, say);
  try {
    const stack = await openStack(options, parts, program);
    if (operation === "preview") return await perform(operation, { stack, command, yes: true, say, diagnostics });
    return await changing(parts, stack, () =>
      perform(operation, { stack, command, yes: options.yes, say, diagnostics }),
    );
  } catch (error) {
    throw failureOf(error, options.stack, diagnostics, program, interruption);
  } finally {
    interruption.dispose();
  }
}

async function openStack(
  options: ClusterOptions,
  { file, home, cluster, command }: Parts,
  program: Program,
): Promise<Stack> {
  const backend = backendUrl(home, options.backend, process.env);
  releaseStaleLocks(backend, options.stack, say);
  prepareWorkspace(home, file, cluster.plugins);
  return LocalWorkspace.createOrSelectStack(
    { stackName: options.stack, projectName: PROJECT, program: program.run },
    {
      workDir: home.stack,
      pulumiCommand: command,
      envVars: { ...stateEnv(home, backend, process.env), ...cluster.env },
    },
  );
}

/** Marks the stack as being changed, and first puts in order what a run left that did not come to its end. */
async function changing<T>({ home, cluster, command }: Parts, stack: Stack, work: () => Promise<T>): Promise<T> {
  if (existsSync(home.unfinished)) await settlePending(stack, command, say);
  writeFileSync(home.unfinished, "");
  rememberCluster(home.cluster, cluster.memory);
  const result = await work();
  rmSync(home.unfinished, { force: true });
  return result;
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
