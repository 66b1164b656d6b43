import { difference } from "@homeslice/plugin/difference.ts";
import type { Value, Values } from "@homeslice/plugin/values.ts";
import { valuesSchema } from "@homeslice/plugin/values.ts";
import type { z } from "zod";
import type { Api } from "./api.ts";

/** What a kind of object is in Grafana: its inputs and the requests behind its life. */
export interface Kind {
  /** Refuses inputs that the official provider does not have. */
  readonly schema: z.ZodType<object>;
  /** Inputs whose change needs a new object. */
  readonly replaces: readonly string[];
  /** Outputs that exist only once the object does. */
  readonly computed: readonly string[];
  /** Resolves to what the object is called in paths. */
  create(api: Api, inputs: Values): Promise<string>;
  /** Undefined when it is gone. */
  read(api: Api, key: string): Promise<Live | undefined>;
  update(api: Api, key: string, inputs: Values): Promise<void>;
  delete(api: Api, key: string, inputs: Values): Promise<void>;
}

/** An object as Grafana has it. */
export interface Live {
  /** The inputs that it amounts to, as far as Grafana tells them. */
  readonly inputs: Values;
  readonly outputs: Values;
}

/** What the definition of a kind says, with inputs in the form of its schema. */
interface Definition<Schema extends z.ZodType<object>> {
  readonly schema: Schema;
  readonly replaces: readonly string[];
  readonly computed: readonly string[];
  create(api: Api, inputs: z.output<Schema>): Promise<string>;
  read(api: Api, key: string): Promise<Live | undefined>;
  update(api: Api, key: string, inputs: z.output<Schema>): Promise<unknown>;
  delete(api: Api, key: string, inputs: z.output<Schema>): Promise<unknown>;
}

export function kind<Schema extends z.ZodType<object>>(definition: Definition<Schema>): Kind {
  const { schema, replaces, computed, read } = definition;
  return {
    schema,
    replaces,
    computed,
    read,
    create: (api, inputs) => definition.create(api, schema.parse(inputs)),
    update: async (api, key, inputs) => void (await definition.update(api, key, schema.parse(inputs))),
    delete: async (api, key, inputs) => void (await definition.delete(api, key, schema.parse(inputs))),
  };
}

/** The inputs of an object that is imported: what is as it is by default needs no input. */
export function imported({ schema }: Kind, live: Values): Values {
  const given = Object.entries(live).filter(([key, value]) => {
    const { [key]: _, ...others } = live;
    const parsed = valuesSchema.safeParse(schema.safeParse(others).data);
    return !parsed.success || !same(parsed.data[key], value);
  });
  return Object.fromEntries(given);
}

/** The inputs with what Grafana tells otherwise; what it never tells stays. */
export function refreshed(inputs: Values, live: Values): Values {
  const entries = Object.entries(inputs).map(([key, value]): [string, Value] => {
    const told = live[key];
    return [key, told === undefined || same(value, told) ? value : told];
  });
  return Object.fromEntries(entries);
}

/** Whether two inputs mean the same: texts of JSON by what they say, lists in any order. */
export function same(one: Value | undefined, other: Value | undefined): boolean {
  return difference(meaning(one), meaning(other)).length === 0;
}

function meaning(value: Value | undefined): Value {
  if (Array.isArray(value)) return value.map((entry) => JSON.stringify(entry)).sort();
  if (typeof value !== "string" || !value.startsWith("{")) return value ?? null;
  const { id: _id, version: _version, ...rest } = valuesSchema.parse(JSON.parse(value));
  return rest;
}
