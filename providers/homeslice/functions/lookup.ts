import type { Value, Values } from "@homeslice/plugin";
import type { z } from "zod";
import type { Authentik } from "../authentik/authentik.ts";

/** A function of the provider that only reads. */
export interface Lookup<Shape extends z.ZodRawShape = z.ZodRawShape, Result extends Values = Values> {
  /** Token of the function: `homeslice:authentik:getGroup`. */
  readonly token: string;
  readonly args: Shape;
  readonly run: (authentik: Authentik, args: z.output<z.ZodObject<Shape>>, preview: boolean) => Promise<Result>;
}

/** Keeps the types of a look-up. */
export function lookup<Shape extends z.ZodRawShape, Result extends Record<string, Value>>(
  definition: Lookup<Shape, Result>,
) {
  return definition;
}
