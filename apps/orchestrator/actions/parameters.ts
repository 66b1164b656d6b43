import { isIPv4 } from "node:net";
import type { ParameterDefinition, Parameters, ParameterValidation } from "@homeslice/protocol";

type Value = Parameters[string];

/** What is wrong with a value of a parameter; undefined when it fits. */
export function valueFault(value: Value, { type, validation }: ParameterDefinition): string | undefined {
  const fits = type === "integer" ? Number.isSafeInteger(value) : typeof value === type;
  if (!fits) return `must be of type ${type}`;
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

function textFault(value: string, { min_length, max_length, format }: ParameterValidation): string | undefined {
  if (value.includes("\0")) return "must not contain a NUL character";
  if (min_length !== undefined && value.length < min_length) return `must have ${min_length} characters or more`;
  if (max_length !== undefined && value.length > max_length) return `must have ${max_length} characters or fewer`;
  return format === undefined || formats[format](value) ? undefined : `must be a ${format.replaceAll("_", " ")}`;
}

const label = /^[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$/;

const formats: Record<NonNullable<ParameterValidation["format"]>, (text: string) => boolean> = {
  name: (text) => /^[a-zA-Z0-9_.][a-zA-Z0-9_.-]{0,254}$/.test(text),
  hostname: (text) => isIPv4(text) || (text.length <= 253 && text.split(".").every((part) => label.test(part))),
  absolute_path: (text) => text.startsWith("/") && !text.split("/").includes(".."),
};
