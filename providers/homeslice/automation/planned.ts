import { resolve } from "node:path";
import { type KindName, kindNames, kinds } from "@homeslice/protocol/definitions/kinds.ts";
import type { Definitions } from "../sdk/automation.ts";
import { readDocuments } from "./documents.ts";

/** One definition, and which others have to be there before it. */
export interface PlannedDefinition {
  readonly kind: KindName;
  readonly name: string;
  readonly spec: object;
  /** `Action clean up`; others than these may be there already. */
  readonly needs: readonly string[];
}

const checkout = resolve(import.meta.dirname, "../../..");

/**
 * What files and code define, in an order in which it can be made: none names one that comes later.
 * @param definitions directory of the files, seen from the checkout
 * @throws UserError `definitions.invalid` naming every mistake of every file
 */
export function plannedDefinitions(definitions: string | undefined, code: Definitions = {}): PlannedDefinition[] {
  const written = definitions === undefined ? [] : readDocuments(resolve(checkout, definitions));
  const coded = kindNames.flatMap((kind) =>
    Object.entries<object>(code[kind] ?? {}).map(([name, spec]) => ({
      kind,
      name,
      spec: kinds[kind].schema.parse(spec),
    })),
  );
  return kindNames.flatMap((wanted) =>
    [...written, ...coded]
      .filter(({ kind }) => kind === wanted)
      .map(({ kind, name, spec }) => {
        const needs = kinds[kind].references(spec).map((reference) => `${reference.kind} ${reference.name}`);
        return { kind, name, spec, needs };
      }),
  );
}
