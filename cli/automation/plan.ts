import { UserError } from "@homeslice/config/errors.ts";
import type { Client } from "@homeslice/protocol/client.ts";
import type { Stored } from "@homeslice/protocol/definitions/kind.ts";
import { type KindName, kindNames, kinds } from "@homeslice/protocol/definitions/kinds.ts";
import { type Names, openSession, type Session, UnknownName } from "@homeslice/protocol/definitions/session.ts";
import { differences } from "@homeslice/protocol/difference.ts";
import type { Document } from "@homeslice/provider/automation/documents.ts";
import { describeDifference } from "./difference.ts";

/** What is to be done about one definition. */
export interface Step {
  readonly action: "create" | "update" | "delete" | "same";
  readonly kind: KindName;
  readonly name: string;
  /** Of an update: what differs. */
  readonly changes: readonly string[];
  run(): Promise<void>;
}

/** All steps from what there is to what the files say, in an order in which they work. */
export interface Plan {
  readonly steps: readonly Step[];
}

/**
 * Compares files with what there is. Nothing is changed before the steps are run.
 * @param prune whether what no file names is to be deleted
 * @throws UserError `definitions.unknown` when a file names something that is nowhere
 */
export async function plan(client: Client, documents: readonly Document[], prune: boolean): Promise<Plan> {
  const session = await openSession(client);
  refuseUnknown(documents, session.names);
  const changes: Step[] = [];
  const deletions: Step[] = [];
  for (const kind of kindNames) {
    const said = documents.filter((each) => each.kind === kind);
    // Who may not look at a kind can apply all others.
    if (said.length === 0 && !prune) continue;
    const stored = new Map((await kinds[kind].list(session)).map((each) => [each.name, each]));
    for (const document of said) {
      changes.push(stepFor(session, document, stored.get(document.name)));
      stored.delete(document.name);
    }
    if (prune) deletions.push(...[...stored.values()].map((each) => deletion(session, kind, each)));
  }
  // Whatever names something goes before it.
  return { steps: [...changes, ...deletions.reverse()] };
}

/** What is defined, as files say it. */
export async function exported(client: Client): Promise<{ kind: KindName; name: string; spec: object }[]> {
  const session = await openSession(client);
  const lists = await Promise.all(kindNames.map(async (kind) => ({ kind, stored: await kinds[kind].list(session) })));
  return lists.flatMap(({ kind, stored }) => stored.map(({ name, spec }) => ({ kind, name, spec })));
}

function refuseUnknown(documents: readonly Document[], names: Names): void {
  const defined = new Set(documents.map(({ kind, name }) => `${kind} ${name}`));
  for (const { kind, name, spec, place } of documents) {
    for (const reference of kinds[kind].references(spec)) {
      if (names.has(reference) || defined.has(`${reference.kind} ${reference.name}`)) continue;
      const { message: what, fix } = new UnknownName(reference);
      throw new UserError({ code: "definitions.unknown", where: `${place}: ${kind} "${name}"`, what, fix });
    }
  }
}

function stepFor(session: Session, { kind, name, spec }: Document, stored: Stored | undefined): Step {
  if (stored === undefined) {
    const run = async () => {
      const id = await kinds[kind].create(session, name, spec);
      session.names.learn(kind, name, id);
    };
    return { action: "create", kind, name, changes: [], run };
  }
  const changes = differences(stored.spec, spec).map(describeDifference);
  if (changes.length === 0) return { action: "same", kind, name, changes, run: async () => {} };
  return { action: "update", kind, name, changes, run: () => kinds[kind].update(session, stored, spec) };
}

function deletion(session: Session, kind: KindName, stored: Stored): Step {
  return { action: "delete", kind, name: stored.name, changes: [], run: () => kinds[kind].remove(session, stored) };
}

/** What an error of a step means to whoever ran it. */
export function stepFailed({ kind, name }: Step, done: number, cause: Error & { fix?: string | undefined }): UserError {
  const what = `${kind} "${name}": ${cause.message}`;
  const before =
    done === 0 ? "Nothing was changed." : `${done} of the changes before it were made; run it again for the rest.`;
  return new UserError(
    { code: "definitions.refused", what, fix: `${cause.fix ?? "Correct it."} ${before}` },
    { cause },
  );
}
