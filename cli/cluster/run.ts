import { loadConfig, UserError } from "@homeslice/config";
import { findEngine } from "../engine/index.ts";
import { tryLock } from "../process/fileLock.ts";
import { isInteractive, requireConfirmable } from "./confirm.ts";
import { cacheDirectory, type Home, openHome } from "./home.ts";
import type { Outcome } from "./operations.ts";
import { type ClusterOptions, clusterOptionsSchema, type Operation } from "./options.ts";
import { printOutcome } from "./report/outcome.ts";
import { readStackFile, type StackFile } from "./stackFile.ts";

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
  const outcome = await holding(operation, options, file, (operate) => operate(operation, file));
  printOutcome({ operation, options, outcome, durationMs: Date.now() - started });
}

/** Runs one operation with the settings of a file, which need not be what is on the disk. */
export type Operate = (operation: Operation, file: StackFile) => Promise<Outcome>;

/**
 * Lets `work` run operations on a stack, on which nobody else works meanwhile.
 *
 * @param operation what is made sure of before, and what others are told who want to work on it
 */
export async function holding<Result>(
  operation: Operation,
  options: ClusterOptions,
  file: StackFile,
  work: (operate: Operate) => Promise<Result>,
): Promise<Result> {
  loadConfig(options.stack, file.content.config ?? {});
  const home = openHome(options.stack, process.env);
  const release = holdStack(home, operation, options.stack);
  try {
    const { prepareCluster } = await import("./prepare.ts"); // the rest loads slowly, and is not needed to refuse
    const cluster = await prepareCluster(operation, options, file, home, say);
    const engine = await findEngine({ cache: cacheDirectory(process.env), env: process.env, say });
    const { drive } = await import("./drive.ts");
    return await work((next, settings) => drive(next, { options, file: settings, home, cluster, engine, say }));
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
