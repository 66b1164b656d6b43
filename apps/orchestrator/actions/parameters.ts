import { isIPv4 } from "node:net";
import {
  type ListItems,
  type ParameterDefinition,
  type ParameterValidation,
  type ParameterValue,
  SecretName,
  ServerId,
} from "@homeslice/protocol";
import { RE2JS } from "re2js";

/** What is wrong with a value of a parameter; undefined when it fits. */
export function valueFault(value: ParameterValue, definition: ParameterDefinition): string | undefined {
  const { type } = definition;
  if (type === "list") return Array.isArray(value) ? listFault(value, definition) : "must be of type list";
  if (type !== "secret") return itemFault(value, { ...definition, type });
  return SecretName.safeParse(value).success
    ? validityFault(value, definition.validation)
    : "must be the name of a secret";
}

/** What is wrong with the definition of a parameter, whatever value it is given. */
export function definitionFault(definition: ParameterDefinition): string | undefined {
  const { type, default: value, items } = definition;
  if (items !== undefined && type !== "list") return "items are of a list";
  for (const { type: of, validation } of [{ type, validation: definition.validation }, ...(items ? [items] : [])]) {
    if (of === "enum" && validation.one_of === undefined) return "an enum lists its values in validation.one_of";
    if (validation.pattern !== undefined && compiled(validation.pattern) === undefined)
      return "the pattern is no regular expression of RE2, which has no look-around and no back-references";
  }
  const fault = value === undefined ? undefined : valueFault(value, definition);
  return fault === undefined ? undefined : `the default ${fault}`;
}

function listFault(
  values: readonly ParameterValue[],
  { items, min_items = 0, max_items, validation }: ParameterDefinition,
): string | undefined {
  if (values.length < min_items) return `must have ${min_items} items or more`;
  if (max_items !== undefined && values.length > max_items) return `must have ${max_items} items or fewer`;
  for (const [index, value] of values.entries()) {
    const fault = itemFault(value, items ?? { type: "string", validation });
    if (fault !== undefined) return `item ${index + 1} ${fault}`;
  }
  return undefined;
}

function itemFault(value: ParameterValue, { type, validation }: ListItems): string | undefined {
  switch (type) {
    case "integer":
      if (!Number.isSafeInteger(value)) return "must be of type integer";
      break;
    case "number":
    case "boolean":
    case "string":
      if (typeof value !== type) return `must be of type ${type}`;
      break;
    case "enum":
      break;
    case "server":
      if (!ServerId.safeParse(value).success) return "must be the id of a server";
  }
  return validityFault(value, validation);
}

function validityFault(value: ParameterValue, validation: ParameterValidation): string | undefined {
  const { one_of } = validation;
  if (one_of !== undefined && !one_of.some((allowed) => allowed === value))
    return `must be one of ${one_of.join(", ")}`;
  if (typeof value === "number") return numberFault(value, validation);
  return typeof value === "string" ? textFault(value, validation) : undefined;
}

function numberFault(value: number, { min, max }: ParameterValidation): string | undefined {
  if (min !== undefined && value < min) return `must be ${min} or more`;
  if (max !== undefined && value > max) return `must be ${max} or less`;
  return undefined;
}

function textFault(value: string, validation: ParameterValidation): string | undefined {
  const { min_length, max_length, pattern, format } = validation;
  if (value.includes("\0")) return "must not contain a NUL character";
  if (min_length !== undefined && value.length < min_length) return `must have ${min_length} characters or more`;
  if (max_length !== undefined && value.length > max_length) return `must have ${max_length} characters or fewer`;
  if (pattern !== undefined && !matches(value, pattern)) return `must match ${pattern}`;
  return format === undefined || formats[format](value) ? undefined : `must be a ${format.replaceAll("_", " ")}`;
}

/** RE2 compares in linear time, whatever the pattern: none holds up the orchestrator. */
function matches(value: string, pattern: string): boolean {
  return compiled(pattern)?.matches(value) ?? false;
}

/** Undefined when the text is no pattern. */
function compiled(pattern: string): RE2JS | undefined {
  try {
    return RE2JS.compile(pattern);
  } catch {
    return undefined;
  }
}

const label = /^[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$/;

const formats: Record<NonNullable<ParameterValidation["format"]>, (text: string) => boolean> = {
  name: (text) => /^[a-zA-Z0-9_.][a-zA-Z0-9_.-]{0,254}$/.test(text),
  hostname: (text) => isIPv4(text) || (text.length <= 253 && text.split(".").every((part) => label.test(part))),
  absolute_path: (text) => text.startsWith("/") && !text.split("/").includes(".."),
};
