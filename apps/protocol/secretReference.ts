import { z } from "zod";
import { SecretName } from "./operations/index.ts";

/** Stands for the value of a secret that the orchestrator keeps. */
export const SecretReference = z.strictObject({
  secret_name: SecretName.meta({ description: "Name of a secret of the same tenant, read whenever it is needed" }),
});
export type SecretReference = z.infer<typeof SecretReference>;

/** A value that is secret: itself, or by the name of a secret that has it. */
export function orReference<Schema extends z.ZodType>(schema: Schema) {
  return z.union([schema, SecretReference]);
}
