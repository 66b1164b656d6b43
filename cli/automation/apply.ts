import { UserError } from "@homeslice/config/errors.ts";
import { type Client, ClientError } from "@homeslice/protocol/client.ts";
import { readDocuments } from "@homeslice/provider/automation/documents.ts";
import { stringify } from "yaml";
import { exported, plan, type Step, stepFailed } from "./plan.ts";

export interface ApplyOptions {
  /** Directory of the files. */
  readonly directory: string;
  readonly dryRun: boolean;
  /** Whether to delete what no file names. */
  readonly prune: boolean;
  /** Is told of each step that comes next. */
  readonly onStep?: (step: Step, done: number, total: number) => void;
}

/** What `apply` did, or would do. */
export interface Applied {
  readonly steps: readonly Pick<Step, "action" | "kind" | "name" | "changes">[];
  readonly dry_run: boolean;
}

/**
 * Makes what is defined be what the files say. A step that is refused ends it; what was done before stays done.
 * @throws UserError `definitions.invalid`, `definitions.unknown`, `definitions.refused`
 */
export async function apply(client: Client, { directory, dryRun, prune, onStep }: ApplyOptions): Promise<Applied> {
  const documents = readDocuments(directory);
  if (documents.length === 0) {
    const what = `there is no definition in ${directory}`;
    throw new UserError({ code: "definitions.none", where: "--file", what, fix: "Give a directory with YAML files." });
  }
  const { steps } = await plan(client, documents, prune);
  if (!dryRun) {
    const changes = steps.filter(({ action }) => action !== "same");
    for (const [done, step] of changes.entries()) {
      onStep?.(step, done, changes.length);
      await step.run().catch((error: unknown) => refuse(step, done, error));
    }
  }
  return { steps: steps.map(({ action, kind, name, changes }) => ({ action, kind, name, changes })), dry_run: dryRun };
}

function refuse(step: Step, done: number, error: unknown): never {
  if (!(error instanceof ClientError)) throw error;
  const { problem, message } = error;
  const faults = (problem.errors ?? []).map(({ path, message: fault }) => `; ${path}: ${fault}`).join("");
  throw stepFailed(step, done, Object.assign(new Error(message + faults, { cause: error }), { fix: problem.fix }));
}

/** Everything that files can define, as one of them. */
export async function exportDefinitions(client: Client): Promise<string> {
  const documents = await exported(client);
  return documents.map((document) => `---\n${stringify(document)}`).join("");
}

const signs = { create: "+", update: "~", delete: "-", same: " " } as const;

/** A plan for people: a line for each definition, and under it what differs. */
export function describe({ steps, dry_run }: Applied): string {
  const changed = steps.filter(({ action }) => action !== "same");
  const lines = changed.flatMap(({ action, kind, name, changes }) => [
    `${signs[action]} ${kind} "${name}"`,
    ...changes.map((change) => `    ${change}`),
  ]);
  const count = (action: Step["action"]) => steps.filter((step) => step.action === action).length;
  const [create, update, remove, same] = [count("create"), count("update"), count("delete"), count("same")];
  const sum = `${create} to create, ${update} to change, ${remove} to delete, ${same} as they are`;
  const done = `${create} created, ${update} changed, ${remove} deleted, ${same} as they were`;
  return `${[...lines, dry_run ? `${sum}. Nothing was changed.` : `${done}.`].join("\n")}\n`;
}
