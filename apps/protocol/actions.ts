import { z } from "zod";
import { ActionId, Timestamp } from "./ids.ts";
import { Operation } from "./operations/index.ts";
import { ParameterDefinition, ParameterName } from "./parameters.ts";
import { ExecutionConfig, SuccessCriteria } from "./policy.ts";
import { Search } from "./route.ts";
import { Label } from "./servers.ts";

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
