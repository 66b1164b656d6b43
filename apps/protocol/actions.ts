import { z } from "zod";
import { ActionId, Timestamp } from "./ids.ts";
import { Operation } from "./operations/index.ts";

/** Largest time-out of a command, in seconds: one day. */
export const MAX_TIMEOUT_SECONDS = 86_400;

export const ParameterName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,62}$/, "use lower case letters, digits and underscores");

export const ParameterDefinition = z.strictObject({
  type: z.enum(["string", "integer", "boolean"]),
  required: z.boolean().default(true),
  default: z.union([z.string(), z.int(), z.boolean()]).optional(),
  description: z.string().max(1_000).default(""),
});

export const ParameterValue = z.union([z.string().max(65_536), z.int(), z.boolean()]);
export const Parameters = z.record(ParameterName, ParameterValue);
export type Parameters = z.infer<typeof Parameters>;

const TimeoutSeconds = z
  .int()
  .min(1)
  .max(MAX_TIMEOUT_SECONDS)
  .default(3_600)
  .meta({ description: "Seconds after which the agent ends the whole process tree" });

/** What creates an action template. A text `{{name}}` of the operation is replaced by that parameter, as a whole. */
export const NewAction = z.strictObject({
  name: z.string().min(1).max(200),
  description: z.string().max(10_000).default(""),
  category: z.enum(["system", "database", "application", "network", "security"]).default("system"),
  action_type: z.enum(["validation", "execution", "maintenance"]).default("execution"),
  operation: Operation,
  parameters: z.record(ParameterName, ParameterDefinition).default({}),
  execution_config: z.strictObject({ timeout_seconds: TimeoutSeconds }).prefault({}),
  success_criteria: z.strictObject({ exit_code: z.int().min(0).max(255).default(0) }).prefault({}),
});
export type NewAction = z.infer<typeof NewAction>;

export const Action = z.object({
  action_id: ActionId,
  ...NewAction.shape,
  version: z.int().meta({ description: "Grows with each change; also the ETag" }),
  metadata: z.object({
    created_at: Timestamp,
    created_by: z.string(),
    updated_at: Timestamp,
    usage_count: z.int(),
  }),
});
export type Action = z.infer<typeof Action>;
