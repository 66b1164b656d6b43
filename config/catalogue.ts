import { z } from "zod";
import type { EnvironmentName } from "./defaults.ts";
import { settingsSchema } from "./schema.ts";

/** Stands in a path for a name that the user gives: `services.<name>.image`. */
export const ANY_NAME = "<name>";

/** One setting or group of settings as the schema describes it. */
export interface Setting {
  /** Dotted path without the namespace: `redis.size`. */
  readonly path: string;
  readonly description: string;
  /** What may be written: a type or the list of values; undefined for a group. */
  readonly type?: string;
  /** What holds when nothing is written; undefined when nothing does. */
  readonly default?: unknown;
}

/** Every setting of an environment, in the order of the schema, a group before its members. */
export function catalogue(environment: EnvironmentName): Setting[] {
  return members(z.toJSONSchema(settingsSchema(environment), { io: "input" }), "");
}

function members(schema: z.core.JSONSchema.BaseSchema, prefix: string): Setting[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, member]) => {
    if (typeof member === "boolean") return [];
    const path = `${prefix}${key}`;
    const description = member.description ?? "";
    if (member.properties) return [{ path, description }, ...members(member, `${path}.`)];
    if (hasMembers(member.additionalProperties)) {
      const each = `${path}.${ANY_NAME}`;
      return [{ path, description }, { path: each, description }, ...members(member.additionalProperties, `${each}.`)];
    }
    return [{ path, description, type: typeOf(member), default: member.default }];
  });
}

type Schema = z.core.JSONSchema.BaseSchema;

function hasMembers(schema: Schema | boolean | undefined): schema is Schema {
  return typeof schema === "object" && schema.properties !== undefined;
}

function typeOf(schema: z.core.JSONSchema.BaseSchema): string {
  if (schema.title) return schema.title;
  if (schema.enum) return schema.enum.join(", ");
  if (schema.type === "integer") return `${schema.minimum} to ${schema.maximum}`;
  return nouns[String(schema.type)] ?? String(schema.type);
}

const nouns: Readonly<Record<string, string>> = {
  array: "list",
  boolean: "true, false",
  object: "names with values",
  string: "text",
};
