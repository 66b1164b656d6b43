import { loadConfig, UserError } from "@homeslice/config";
import { z } from "zod";
import { isInteractive, requireConfirmable } from "../confirm.ts";
import type { Outcome } from "../operations.ts";
import { type ClusterOptions, clusterOptionsSchema } from "../options.ts";
import { holding, type Operate } from "../run.ts";
import { readDocument, replaceFile, textOf } from "../settingsFile.ts";
import { readStackFile, type StackFile } from "../stackFile.ts";
import { planRelease, type ReleasePlan } from "./plan.ts";
import { printRelease } from "./report.ts";

const say = (line: string) => void process.stderr.write(`${line}\n`);

const optionsSchema = clusterOptionsSchema.extend({
  image: z.string().optional(),
  version: z.string().optional(),
  rollback: z.boolean().default(false),
});

/** Failures after which there is nothing to undo, or the user wants no more done. */
const WITHOUT_UNDO: ReadonlySet<string> = new Set(["data.loss", "data.protected", "run.declined", "run.interrupted"]);

/**
 * Brings another version of the orchestrator up beside the one that serves, checks it, and lets the Service lead to it.
 * The settings file learns of it at the very end: a release that breaks off is undone by the next run.
 *
 * @throws UserError `release.failed` when the new version does not serve; the old one goes on
 */
export async function release(given: unknown): Promise<void> {
  const started = Date.now();
  const options = optionsSchema.parse(given);
  requireConfirmable("up", options.yes, isInteractive());
  const file = readStackFile(options.stack, options.config);
  const plan = planRelease(loadConfig(options.stack, file.content.config ?? {}), options);
  if (!plan) return printRelease({ stack: options.stack, changed: false, durationMs: Date.now() - started }, options);
  const { from, to } = plan;
  say(`releasing ${to.image} as ${to.colour}, beside ${from.image}, which serves as ${from.colour}`);
  await holding("up", options, file, (operate) => switchOver(operate, file, plan, options));
  printRelease({ stack: options.stack, changed: true, from, to, durationMs: Date.now() - started }, options);
}

async function switchOver(
  operate: Operate,
  file: StackFile,
  plan: ReleasePlan,
  { stack }: ClusterOptions,
): Promise<Outcome> {
  try {
    const outcome = await operate("up", withRelease(file, plan));
    record(file, plan);
    return outcome;
  } catch (error) {
    if (!(error instanceof UserError) || WITHOUT_UNDO.has(error.code)) throw error;
    throw new UserError(
      {
        code: "release.failed",
        where: `stack ${stack}`,
        what: `${plan.to.image} does not serve:\n${error.message}`,
        fix: await undone(operate, file, plan),
      },
      { cause: error },
    );
  }
}

/** Takes away what the release has made. */
async function undone(operate: Operate, file: StackFile, { from }: ReleasePlan): Promise<string> {
  const still = `Nothing was switched: ${from.image} serves as ${from.colour}.`;
  try {
    say("undoing the release");
    await operate("up", file);
    return `${still} What the release had made is gone again.`;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return `${still} What the release has made could not be taken away (${error.what}); \`up\` does that.`;
  }
}

const KEY = "homeslice:orchestrator";

/** The settings as they will be. */
function withRelease(file: StackFile, { release: wanted }: ReleasePlan): StackFile {
  const config = file.content.config ?? {};
  const orchestrator = z.record(z.string(), z.unknown()).catch({}).parse(config[KEY]);
  const next = { ...config, [KEY]: { ...orchestrator, release: wanted } };
  return { ...file, content: { ...file.content, config: next } };
}

/** Writes the release down where the next run reads it. */
function record(file: StackFile, plan: ReleasePlan): void {
  const document = readDocument(file.path);
  document.setIn(["config", KEY, "release"], document.createNode(plan.release));
  replaceFile(file.path, textOf(document));
}
