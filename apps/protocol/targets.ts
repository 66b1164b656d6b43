import { z } from "zod";
import { ServerId } from "./ids.ts";
import { Environment, Label, ServerState } from "./servers.ts";

/** Most servers that one execution can have. */
export const MAX_TARGETS = 10_000;

const some = <T extends z.ZodType>(item: T) => z.array(item).min(1).max(64).optional();

/** Chooses servers by what they are. A server is chosen when it fits everything that is given. */
export const TargetSelector = z
  .strictObject({
    tags: some(Label).meta({ description: "The server has all of these" }),
    any_tags: some(Label).meta({ description: "The server has one of these, or more" }),
    groups: some(Label).meta({ description: "The server is in one of these groups" }),
    environments: some(Environment).meta({ description: "The server is in one of these environments" }),
    filter: z
      .strictObject({
        hostname: z
          .string()
          .max(253)
          .regex(
            /^[a-zA-Z0-9.*?-]+$/,
            "use letters, digits, dots and dashes, with * for any text and ? for any character",
          )
          .optional(),
        status: ServerState.optional(),
        capability: Label.optional(),
        agent_version: z.string().min(1).max(100).optional(),
      })
      .optional(),
  })
  .refine((selector) => Object.keys(selector).length > 0, "give at least one criterion");
export type TargetSelector = z.infer<typeof TargetSelector>;

/** How an execution spreads over its servers. */
export const Rollout = z.strictObject({
  parallelism: z
    .int()
    .min(1)
    .max(MAX_TARGETS)
    .optional()
    .meta({ description: "Most servers at work at once. Default: all of them" }),
  batch_size: z
    .union([z.int().min(1).max(MAX_TARGETS), z.string().regex(/^([1-9]\d?|100)%$/, "use a percentage such as 25%")])
    .optional()
    .meta({
      description: "Servers per batch, as a number or a percentage; a batch begins when the one before has ended",
    }),
  stop_after_failures: z
    .int()
    .min(1)
    .max(MAX_TARGETS)
    .optional()
    .meta({ description: "After so many failed servers no further one begins" }),
});
export type Rollout = z.infer<typeof Rollout>;

/** A server that an execution would run on, as it is now. */
export const PreviewTarget = z.object({
  server_id: ServerId,
  hostname: z.string(),
  environment: Environment,
  status: ServerState,
  batch: z.int().meta({ description: "0 for the first batch" }),
});
