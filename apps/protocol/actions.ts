import { z } from "zod";
import { ActionId, Timestamp } from "./ids.ts";
import { Operation } from "./operations/index.ts";
import { ExecutionConfig, SuccessCriteria } from "./policy.ts";
import { Search } from "./route.ts";
import { Label } from "./servers.ts";

export const ParameterName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,62}$/, "use lower case letters, digits and underscores");

/** What a value must be like, beyond its type. Rules that are not given are not checked. */
export const ParameterValidation = z.strictObject({
  one_of: z
    .array(z.union([z.string(), z.int()]))
    .min(1)
    .max(100)
    .optional()
    .meta({
      description:
        "The only values that are allowed. A text that begins with a dash is an option to most commands: as an argument before --, it is refused unless it is listed here",
    }),
  min: z.int().optional().meta({ description: "Smallest integer" }),
  max: z.int().optional().meta({ description: "Largest integer" }),
  min_length: z.int().min(0).optional().meta({ description: "Fewest characters" }),
  max_length: z.int().min(0).max(65_536).optional().meta({ description: "Most characters" }),
  format: z.enum(["name", "hostname", "absolute_path"]).optional().meta({
    description:
      "name: letters, digits, dot, dash and underscore, not beginning with a dash; absolute_path: without ..",
  }),
});
export type ParameterValidation = z.infer<typeof ParameterValidation>;

export const ParameterDefinition = z.strictObject({
  type: z.enum(["string", "integer", "boolean"]),
  required: z.boolean().default(true),
  default: z.union([z.string(), z.int(), z.boolean()]).optional(),
  description: z.string().max(1_000).default(""),
  validation: ParameterValidation.default({}),
});
export type ParameterDefinition = z.infer<typeof ParameterDefinition>;

export const ParameterValue = z.union([z.string().max(65_536), z.int(), z.boolean()]);
export const Parameters = z.record(ParameterName, ParameterValue);
export type Parameters = z.infer<typeof Parameters>;

/** What creates an action template. A text `{{name}}` of the operation is replaced by that parameter, as a whole. */
export const NewAction = z.strictObject({
  name: z.string().min(1).max(200),
  description: z.string().max(10_000).default(""),
  category: z.enum(["system", "database", "application", "network", "security"]).default("system"),
  action_type: z.enum(["validation", "execution", "maintenance"]).default("execution"),
  operation: Operation,
  parameters: z.record(ParameterName, ParameterDefinition).default({}),
  execution_config: ExecutionConfig.prefault({}),
  success_criteria: SuccessCriteria.prefault({}),
  tags: z.array(Label).max(64).default([]).meta({ description: "For finding it: they mean nothing to Homeslice" }),
  applicable_server_tags: z
    .array(Label)
    .max(64)
    .default([])
    .meta({ description: "It runs only on servers that have all of these tags" }),
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

/** One version of an action template, as it was. */
export const ActionVersion = z.object({
  action_id: ActionId,
  version: z.int(),
  definition: NewAction,
  changed_at: Timestamp,
  changed_by: z.string(),
  restored_from: z.int().nullable().meta({ description: "The version whose definition it took up again" }),
});
export type ActionVersion = z.infer<typeof ActionVersion>;

export const ActionFilter = z.strictObject({
  category: NewAction.shape.category.unwrap().optional(),
  action_type: NewAction.shape.action_type.unwrap().optional(),
  operation: z
    .enum(Operation.options.map(({ shape }) => shape.type.value))
    .optional()
    .meta({ description: "The type of its operation" }),
  tag: Label.optional(),
  server_tag: Label.optional().meta({ description: "It applies to servers with this tag alone" }),
  search: Search.optional().meta({ description: "Text that is in the name or the description" }),
});
