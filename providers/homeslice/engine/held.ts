import type { Value, Values } from "@homeslice/plugin";
import { z } from "zod";
import { plain } from "./check.ts";
import { includesSet, sameSet, sharedKeys } from "./compare.ts";
import type { Definition } from "./definition.ts";

/** What of a definition decides how an object reads as arguments. */
type Reading = Pick<Definition<z.ZodRawShape, object>, "args" | "sets" | "extended" | "merged" | "writeOnly">;

/**
 * The arguments that an object in Authentik amounts to, in the form that a program would give them, so that they
 * compare: what Authentik leaves out is the default, lists without an order keep that of the program, and of shared
 * mappings only the program's keys count. Without given arguments (import) everything counts,
 * and what cannot be read is taken to be the default.
 */
export function held(definition: Reading, live: object, given: Values | undefined): Values {
  const answer = plain(live);
  const entries = Object.entries(definition.args).flatMap(([key, schema]): [string, Value][] => {
    const value = normal(schema, definition.writeOnly?.includes(key) ? given?.[key] : answer[key]);
    if (value === undefined) return [];
    if (!given) return [[key, value]];
    const isSame = definition.extended?.includes(key) ? includesSet : sameSet;
    if (definition.sets?.includes(key) && isSame(value, given[key])) return [[key, given[key] ?? value]];
    return [[key, definition.merged?.includes(key) ? sharedKeys(value, given[key]) : value]];
  });
  return Object.fromEntries(entries);
}

/** Those of the arguments that the program gives: the others are the server's business. */
export function heldOf(all: Values, given: Values): Values {
  return Object.fromEntries(Object.entries(all).filter(([key]) => Object.hasOwn(given, key)));
}

/** The value with defaults, or as it is when it is none that a program could give. */
function normal(schema: z.core.$ZodType, value: Value | undefined): Value | undefined {
  const result = z.safeParse(schema, value ?? undefined);
  return result.success ? plain({ value: result.data })["value"] : (value ?? undefined);
}
