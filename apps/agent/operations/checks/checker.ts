import type { Operation } from "@homeslice/protocol/operations/index.ts";
import type { z } from "zod";
import type { Checker } from "./check.ts";

/** A checker of one kind of operation as one of any: what it is given is checked to be of that kind. */
export function checkerFor<O extends Operation>(schema: z.ZodType<O>, checker: Checker<O>): Checker<Operation> {
  return {
    plan: (operation, context) => checker.plan(schema.parse(operation), context),
    perform: (operation, context) => checker.perform(schema.parse(operation), context),
  };
}
