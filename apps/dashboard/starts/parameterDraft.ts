import type { ParameterDefinition, Parameters, ParameterValue } from "@homeslice/protocol/parameters.ts";
import type { Faults } from "../forms/faults.ts";

export type Definitions = Readonly<Record<string, ParameterDefinition>>;
/** What stands in the fields of the parameters: text, one item of a list a line; a boolean as "true" or "false". */
export type ParameterDraft = Readonly<Record<string, string>>;

/** What the fields show: values that were given, else the defaults. */
export function draftOf(definitions: Definitions, given: Parameters = {}): ParameterDraft {
  return Object.fromEntries(
    Object.entries(definitions).map(([name, definition]) => [name, textOf(given[name] ?? definition.default)]),
  );
}

/** The values that are sent. What is empty is left out, so that defaults count; what is no number goes as it is, and is refused. */
export function parametersOf(definitions: Definitions, draft: ParameterDraft): Parameters {
  const values: Record<string, ParameterValue> = {};
  for (const [name, definition] of Object.entries(definitions)) {
    const text = draft[name] ?? "";
    if (text !== "") values[name] = parameterValue(definition, text);
  }
  return values;
}

/** The faults without those of parameters that nobody has filled in yet: at first, an empty field is no mistake. */
export function faultsOfFilled(faults: Faults, draft: ParameterDraft, path: string): Faults {
  const isEmpty = (place: string) => {
    const [name = ""] = place.slice(path.length + 1).split(".");
    return place.startsWith(`${path}.`) && (draft[name] ?? "") === "";
  };
  return Object.fromEntries(Object.entries(faults).filter(([place]) => !isEmpty(place)));
}

function parameterValue({ type, items }: ParameterDefinition, text: string): ParameterValue {
  if (type !== "list") return scalarOf(type, text);
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.map((line) => scalarOf(items?.type ?? "string", line));
}

function scalarOf(type: string, text: string): string | number | boolean {
  if (type === "boolean") return text === "true" || (text === "false" ? false : text);
  const isNumber = (type === "integer" || type === "number") && /^-?\d+(\.\d+)?$/.test(text);
  return isNumber ? Number(text) : text;
}

function textOf(value: ParameterValue | undefined): string {
  if (value === undefined) return "";
  return Array.isArray(value) ? value.join("\n") : String(value);
}
