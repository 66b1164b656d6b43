import { UserError } from "@homeslice/config";
import type { OutputMap, Stack } from "@pulumi/pulumi/automation/index.js";
import { ask } from "./confirm.ts";
import { type Loss, refuseLosses } from "./dataLoss.ts";
import type { EngineCommand } from "./engineCommand.ts";
import type { Operation } from "./options.ts";
import { criticalPath, type PathStep, type TimedStep } from "./report/criticalPath.ts";
import { dataHeldBy } from "./report/data.ts";
import { type Difference, Progress } from "./report/progress.ts";
import { type Changes, label, sentence } from "./report/steps.ts";
import { dependenciesIn, exportState } from "./state.ts";

/** What an operation works with. */
export interface Run {
  readonly stack: Stack;
  readonly command: EngineCommand;
  /** Whether to change things without asking. */
  readonly yes: boolean;
  /** Whether `up` may lose data. */
  readonly allowDataLoss: boolean;
  readonly say: (line: string) => void;
  /** The error messages that the engine sends on the way. */
  readonly diagnostics: string[];
  /** Patterns of the resources that a refresh, or a look at the cluster, has to leave out. Default: none. */
  readonly leftOut?: () => Promise<string[]>;
}

/** What an operation has come to. */
export interface Outcome {
  readonly changes: Changes;
  readonly outputs: OutputMap;
  /** Of `up`: the chain of steps that took longest; empty where nothing took long. */
  readonly criticalPath?: readonly PathStep[];
  /** Of `drift`. */
  readonly drift?: Drift;
}

/** What a look at the cluster has found. */
export interface Drift {
  readonly resources: readonly Difference[];
  /** Whether all that the stack has was looked at. */
  readonly complete: boolean;
}

const NOTHING: Changes = { create: 0, update: 0, replace: 0, delete: 0, same: 0 };

/** Runs one operation to its end. */
export function perform(operation: Operation, run: Run): Promise<Outcome> {
  switch (operation) {
    case "preview":
      return preview(run);
    case "up":
      return up(run);
    case "refresh":
      return refresh(run);
    case "drift":
      return drift(run);
    case "destroy":
      return destroy(run);
  }
}

async function preview(run: Run): Promise<Outcome> {
  const { changes, losses } = await plan(run, run.say);
  if (losses.length > 0)
    run.say("What is marked with !! is lost for good: `up` refuses that without --allow-data-loss.");
  run.say(`${sentence(changes, true)}. Nothing was changed.`);
  return { changes, outputs: {} };
}

async function up(run: Run): Promise<Outcome> {
  const needed = !run.yes || (!run.allowDataLoss && (await heldData(run)).length > 0);
  if (needed) {
    const { changes, losses } = await plan(run, run.yes ? () => undefined : run.say);
    refuseLosses(run.stack.name, losses, run.allowDataLoss);
    if (!run.yes && isChange(changes)) await requireConsent(`${sentence(changes, true)}. Go ahead?`);
  }
  let outputs: OutputMap = {};
  const { changes, steps } = await watched(run, async (onEvent) => {
    ({ outputs } = await run.stack.up({ onEvent, color: "never" }));
  });
  return { changes, outputs, criticalPath: await pathOf(run, steps) };
}

/** All steps together that take less are not worth asking the engine which of them waited for which. */
const WORTH_ASKING_MS = 1000;

/** What a run had to wait for. */
async function pathOf(run: Run, steps: Watched["steps"]): Promise<PathStep[]> {
  const total = [...steps.values()].reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  if (total < WORTH_ASKING_MS) return [];
  const { deployment } = await exportState(run.stack, run.command);
  return criticalPath(steps, dependenciesIn(deployment.resources));
}

/** Asks the engine what `up` would do. */
function plan(run: Run, say: Run["say"]): Promise<Watched> {
  return watched({ ...run, say }, (onEvent) => run.stack.preview({ onEvent, color: "never" }));
}

async function refresh(run: Run): Promise<Outcome> {
  const exclude = (await run.leftOut?.()) ?? [];
  const { changes } = await found(run, (onEvent) => run.stack.refresh({ onEvent, color: "never", exclude }));
  if (isChange(changes)) run.say("The cluster differs from the last run as listed; `up` puts that right.");
  return { changes, outputs: await run.stack.outputs() };
}

/** A refresh that writes nothing down. */
async function drift(run: Run): Promise<Outcome> {
  const exclude = (await run.leftOut?.()) ?? [];
  const { changes, differences } = await found(run, (onEvent) =>
    run.stack.previewRefresh({ onEvent, color: "never", exclude }),
  );
  return { changes, outputs: {}, drift: { resources: differences, complete: exclude.length === 0 } };
}

async function destroy(run: Run): Promise<Outcome> {
  const real = await realResources(run);
  refuseProtected(
    run.stack.name,
    real.filter(({ protect }) => protect).map(({ urn, type }) => label(urn, type)),
  );
  // Whoever destroys a stack wants it gone; what goes with it is named, so that nobody is taken by surprise.
  for (const loss of lossesAmong(real)) run.say(`!! lost for good: ${loss}`);
  if (!run.yes) await requireConsent(`This deletes ${real.length} resources with all their data. Go ahead?`);
  const { changes } = await watched(run, (onEvent) => run.stack.destroy({ onEvent, color: "never" }));
  return { changes, outputs: {} };
}

/** The resources of the last run that exist outside the engine. */
async function realResources(run: Run) {
  const { deployment } = await exportState(run.stack, run.command);
  return deployment.resources.filter(({ type }) => !type.startsWith("pulumi:"));
}

/** What a stack holds that could be lost. */
async function heldData(run: Run): Promise<Loss[]> {
  return lossesAmong(await realResources(run));
}

function lossesAmong(resources: Awaited<ReturnType<typeof realResources>>): Loss[] {
  return resources.flatMap(({ urn, type, inputs }) => {
    const held = dataHeldBy(type, inputs);
    return held ? [`${label(urn, type)}: ${held}`] : [];
  });
}

/** The engine refuses too, but only at the resource itself, when others are gone already. */
function refuseProtected(stack: string, names: readonly string[]): void {
  if (names.length === 0) return;
  throw new UserError({
    code: "data.protected",
    where: `stack ${stack}`,
    what: ["it holds data that is protected:", ...names.map((name) => `  ${name}`)].join("\n"),
    fix: `To give the data up on purpose: set homeslice:safety.protectData to false in Pulumi.${stack}.yaml, run \`up --stack ${stack}\`, then destroy again. Nothing was changed.`,
  });
}

async function requireConsent(question: string): Promise<void> {
  if (await ask(question)) return;
  throw new UserError({ code: "run.declined", what: "declined", fix: "Nothing was changed." });
}

/** Whether a run changed anything. */
export const isChange = ({ same: _same, ...changes }: Changes) => Object.values(changes).some((count) => count > 0);

interface Watched {
  readonly changes: Changes;
  readonly losses: readonly Loss[];
  readonly differences: readonly Difference[];
  readonly steps: ReadonlyMap<string, TimedStep>;
}

type Work = (onEvent: Progress["onEvent"]) => Promise<unknown>;

/** The same of work that looks at what there is. */
const found = (run: Run, work: Work) => watched(run, work, true);

/** Shows the engine's events while it works, and notes what it did or would do. */
async function watched(run: Run, work: Work, finding = false): Promise<Watched> {
  const progress = new Progress({ say: run.say, diagnostics: run.diagnostics, finding });
  try {
    await work(progress.onEvent);
    const { changes = NOTHING, losses, differences, steps } = progress;
    return { changes, losses, differences, steps };
  } finally {
    progress.stop();
  }
}
