import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Json, JsonObject } from "./json.ts";
import { type JsonSchema, propertiesOf, target } from "./schema.ts";

/** The object with every property that the API promises: what is not given gets the plainest value that fits. */
export function filled(schema: JsonSchema, given: JsonObject): JsonObject {
  const { properties, required } = propertiesOf(schema);
  const missing = required.filter((key) => given[key] === undefined);
  return { ...given, ...Object.fromEntries(missing.map((key) => [key, plainest(properties[key] ?? {})])) };
}

function plainest(reference: JsonSchema): Json {
  const schema = target(reference);
  if (schema["nullable"] === true) return null;
  const choices = z.array(z.string()).catch([]).parse(schema["enum"]);
  if (choices[0] !== undefined) return choices[0];
  switch (schema["type"]) {
    case "string":
      return text(schema["format"]);
    case "integer":
    case "number":
      return 0;
    case "boolean":
      return false;
    case "array":
      return [];
    default:
      return filled(schema, {});
  }
}

function text(format: unknown): string {
  if (format === "uuid") return randomUUID();
  if (format === "date-time") return new Date(0).toISOString();
  return format === "uri" ? "https://double.invalid/" : "";
}
