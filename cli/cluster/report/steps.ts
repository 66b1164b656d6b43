import type { OpMap, OpType, StepEventMetadata } from "@pulumi/pulumi/automation/index.js";

/** What a run did, or would do, to how many resources. */
export interface Changes {
  readonly create: number;
  readonly update: number;
  readonly replace: number;
  readonly delete: number;
  readonly same: number;
}

/** The change that one step of the engine stands for; undefined for steps that are part of another or change nothing. */
export type Change = "create" | "update" | "replace" | "delete";

const CHANGES: Partial<Record<OpType, Change>> = {
  create: "create",
  import: "create",
  update: "update",
  replace: "replace",
  "create-replacement": "replace",
  "import-replacement": "replace",
  delete: "delete",
  discard: "delete",
};

/** A replacement takes several steps; the one that creates the successor stands for it. */
const PARTS_OF_A_REPLACE: ReadonlySet<OpType> = new Set<OpType>(["replace", "delete-replaced", "discard-replaced"]);

export function changeOf(op: OpType): Change | undefined {
  return PARTS_OF_A_REPLACE.has(op) ? undefined : CHANGES[op];
}

/** Sums up the engine's own count of its steps. */
export function countChanges(steps: OpMap): Changes {
  const count = (...ops: OpType[]) => ops.reduce((sum, op) => sum + (steps[op] ?? 0), 0);
  return {
    create: count("create", "import"),
    update: count("update"),
    replace: Math.max(count("replace"), count("create-replacement", "import-replacement")),
    delete: count("delete", "discard"),
    same: count("same", "refresh", "read"),
  };
}

/** The changes in a sentence: `2 created, 1 updated, 30 unchanged`. */
export function sentence(changes: Changes, planned: boolean): string {
  const word = (done: string, planning: string) => (planned ? `to ${planning}` : done);
  const parts: readonly (readonly [number, string])[] = [
    [changes.create, word("created", "create")],
    [changes.update, word("updated", "update")],
    [changes.replace, word("replaced", "replace")],
    [changes.delete, word("deleted", "delete")],
    [changes.same, "unchanged"],
  ];
  return parts
    .filter(([number]) => number > 0)
    .map(([number, what]) => `${number} ${what}`)
    .join(", ");
}

/** Kind and name of a resource as a person says it: `StatefulSet postgresql`. */
export function label(urn: string, type: string): string {
  const kind = type.split(":").at(-1) ?? type;
  return `${kind} ${urn.split("::").at(-1) ?? urn}`;
}

/** Components, providers and the stack itself exist only inside the engine: nobody wants to read about them. */
export function isReal({ type, new: after, old: before }: StepEventMetadata): boolean {
  return (after ?? before)?.custom === true && !type.startsWith("pulumi:");
}
