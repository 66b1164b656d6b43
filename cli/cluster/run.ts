import { loadConfig, UserError } from "@homeslice/config";
import { findEngine } from "../engine/index.ts";
import { tryLock } from "../process/fileLock.ts";
import { isInteractive, requireConfirmable } from "./confirm.ts";
import { cacheDirectory, type Home, openHome } from "./home.ts";
import { clusterOptionsSchema, type Operation } from "./options.ts";
import { printOutcome } from "./report/outcome.ts";
import { readStackFile } from "./stackFile.ts";

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
    const { prepareCluster } = await import("./prepare.ts"); // the rest loads slowly, and is not needed to refuse
    const cluster = await prepareCluster(operation, options, file, home, say);
    const engine = await findEngine({ cache: cacheDirectory(process.env), env: process.env, say });
    const { drive } = await import("./drive.ts");
    const outcome = await drive(operation, { options, file, home, cluster, engine, say });
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
