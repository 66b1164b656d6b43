import type { Operation } from "@homeslice/protocol/operations/index.ts";
import type { Messages } from "../i18n/en/index.ts";
import { exactText } from "../ui/exactText.ts";
import { placeOf } from "../ui/place.ts";

type Fact = readonly [name: string, value: string];

/** Everything that an operation says, but for the words of a command: each part by its name in the language of the page. */
export function operationFacts(
  operation: Operation,
  { fields, actions }: Pick<Messages, "fields" | "actions">,
): Fact[] {
  const named = (parts: object) =>
    leaves(parts).map(([path, value]): Fact => [exactText(placeOf(path, fields)), exactText(value)]);
  const { type, ...parts } = operation;
  if (!("argv" in parts)) return [[actions.operation, actions.operations[type]], ...named(parts)];
  const { argv: _argv, ...others } = parts;
  return named(others);
}

/** Values by their paths; lists stay as they are. */
function leaves(parts: object, before = ""): Fact[] {
  return Object.entries(parts).flatMap(([name, value]): Fact[] => {
    const path = `${before}${name}`;
    if (typeof value === "string") return [[path, value]];
    const inner = typeof value === "object" && value !== null && !Array.isArray(value) ? leaves(value, `${path}.`) : [];
    return inner.length > 0 ? inner : [[path, JSON.stringify(value) ?? ""]];
  });
}
