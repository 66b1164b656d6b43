import { z } from "zod";
import { MAX_TIMEOUT_SECONDS, Parameters } from "./actions.ts";
import { ActionId, ExecutionId, ServerId, Timestamp } from "./ids.ts";
import { ResourceUsage } from "./link.ts";
import { Operation, OperationResult } from "./operations/index.ts";

/**
 * The life of an execution on one server. `unreachable` says that the agent of a dispatched execution is out of
 * sight: the work may well be going on. `lost` says that nobody will ever know how it ended.
 */
export const TargetState = z.enum([
  "queued",
  "dispatched",
  "acknowledged",
  "running",
  "unreachable",
  "succeeded",
  "failed",
  "timed_out",
  "cancelled",
  "lost",
]);
export type TargetState = z.infer<typeof TargetState>;

export const finalStates = ["succeeded", "failed", "timed_out", "cancelled", "lost"] as const;
export type FinalState = (typeof finalStates)[number];

/** Whether a state is final: nothing moves out of it. */
export function isFinal(state: TargetState): state is FinalState {
  return finalStates.some((final) => final === state);
}

const startShape = {
  action_template_id: ActionId.optional(),
  parameters: Parameters.default({}),
  operation: Operation.optional(),
  timeout_seconds: z
    .int()
    .min(1)
    .max(MAX_TIMEOUT_SECONDS)
    .optional()
    .meta({ description: "Default: that of the template, else 3,600" }),
  dry_run: z.boolean().default(false).meta({ description: "Let each agent say what it would do, and do nothing" }),
};

const eitherTemplateOrOperation = (body: { action_template_id?: unknown; operation?: unknown }) =>
  (body.action_template_id === undefined) !== (body.operation === undefined);
const refusal = { path: ["action_template_id"], message: "give either action_template_id or operation" };

/** What starts an execution: either a template with its parameters, or an operation of its own. */
export const NewExecution = z
  .strictObject({ ...startShape, target_servers: z.array(ServerId).min(1).max(10_000) })
  .refine(eitherTemplateOrOperation, refusal);
export type NewExecution = z.infer<typeof NewExecution>;

/** The same for one server, whose id is in the path. */
export const NewServerExecution = z.strictObject(startShape).refine(eitherTemplateOrOperation, refusal);

const ResultDetail = z.object({
  server_id: ServerId,
  status: TargetState,
  exit_code: z.int().nullable(),
  output: z.string().meta({ description: "The end of standard output, at most 8 KiB" }),
  error_output: z.string().meta({ description: "The end of standard error, at most 8 KiB" }),
  error: z.string().nullable().meta({ description: "Why it did not run, or how it ended, in words" }),
  execution_time: z.number().nullable().meta({ description: "Seconds, by the monotonic clock of the agent" }),
  result: OperationResult.nullable().meta({ description: "What a check found; null for commands" }),
  usage: ResourceUsage.nullable().meta({ description: "What it used of its server, as far as that was measured" }),
});

export const Execution = z.object({
  execution_id: ExecutionId,
  initiated_by: z.string(),
  execution_type: z.enum(["single", "bulk"]),
  target_servers: z.array(ServerId),
  action_template_id: ActionId.nullable(),
  operation: Operation,
  parameters: Parameters,
  timeout_seconds: z.int(),
  status: z.object({
    overall: TargetState,
    per_server: z.record(z.string(), z.object({ status: TargetState, since: Timestamp })),
  }),
  timing: z.object({
    created_at: Timestamp,
    started_at: Timestamp.nullable(),
    completed_at: Timestamp.nullable(),
    duration_seconds: z.number().nullable(),
  }),
  results: z.object({
    success_count: z.int(),
    failure_count: z.int(),
    total_count: z.int(),
    details: z.array(ResultDetail),
  }),
  logs: z.object({ entries_count: z.int(), size_bytes: z.int() }),
});
export type Execution = z.infer<typeof Execution>;

/** One piece of output: at most one line, with its line break if it had one. */
export const LogEntry = z.object({
  server_id: ServerId,
  seq: z.int().positive().meta({ description: "1, 2, 3 … per execution and server, without gaps" }),
  stream: z.enum(["stdout", "stderr"]),
  text: z.string(),
  at: Timestamp,
});
export type LogEntry = z.infer<typeof LogEntry>;

export const LogQuery = z.strictObject({
  server_id: ServerId.optional(),
  after: z.coerce.number().int().nonnegative().default(0).meta({ description: "Only entries with a greater seq" }),
  limit: z.coerce.number().int().min(1).max(10_000).default(1_000),
});

export const HistoryFilter = z.strictObject({ status: TargetState.optional(), server_id: ServerId.optional() });

/** What a client sends as `Idempotency-Key`, once per start that it means: a UUID, or what else is never used twice. */
export const IdempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{8,200}$/, "use 8 to 200 visible ASCII characters")
  .meta({ description: "Repeating a request with the same key starts nothing twice" });
