import { z } from "zod";
import { ApprovalStatus } from "./approvals.ts";
import { ActionId, ExecutionId, ServerId, Timestamp } from "./ids.ts";
import { ResourceUsage } from "./link.ts";
import { Operation, OperationResult } from "./operations/index.ts";
import { Parameters } from "./parameters.ts";
import { ExecutionOverrides, MAX_TIMEOUT_SECONDS, SuccessCriteria } from "./policy.ts";
import { Priority } from "./queue.ts";
import { Search } from "./route.ts";
import { MAX_TARGETS, PreviewTarget, Rollout, TargetSelector } from "./targets.ts";

/**
 * The life of an execution on one server. `unreachable` says that the agent of a dispatched execution is out of
 * sight: the work may well be going on. `lost` says that nobody will ever know how it ended. `expired` says that it
 * waited too long and was never begun.
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
  "expired",
  "lost",
]);
export type TargetState = z.infer<typeof TargetState>;

export const finalStates = ["succeeded", "failed", "timed_out", "cancelled", "expired", "lost"] as const;
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
  execution_config: ExecutionOverrides.prefault({}).meta({ description: "Each default is that of the template" }),
  success_criteria: SuccessCriteria.optional().meta({
    description: "Default: those of the template, else exit code 0",
  }),
  priority: Priority.default(5).meta({
    description: "0 to 9, the most urgent; one level is worth a minute of waiting",
  }),
  queue_expires_seconds: z
    .int()
    .min(1)
    .max(30 * 86_400)
    .default(86_400)
    .meta({ description: "Seconds that it waits for a server at most, for example until that is back" }),
  batch_id: z
    .uuid()
    .optional()
    .meta({ description: "Groups executions that belong together. Default: the execution's own id" }),
};

const eitherTemplateOrOperation = (body: { action_template_id?: unknown; operation?: unknown }) =>
  (body.action_template_id === undefined) !== (body.operation === undefined);
const refusal = { path: ["action_template_id"], message: "give either action_template_id or operation" };

/** What starts an execution: either a template with its parameters, or an operation of its own. */
export const NewExecution = z
  .strictObject({
    ...startShape,
    target_servers: z.array(ServerId).max(MAX_TARGETS).default([]).meta({ description: "Servers by their ids" }),
    targets: TargetSelector.optional().meta({ description: "Servers by what they are, in addition" }),
    rollout: Rollout.prefault({}),
  })
  .refine(eitherTemplateOrOperation, refusal)
  .refine((body) => body.target_servers.length > 0 || body.targets !== undefined, {
    path: ["target_servers"],
    message: "give target_servers, targets or both",
  });
export type NewExecution = z.infer<typeof NewExecution>;

/** The same for one server, whose id is in the path. */
export const NewServerExecution = z.strictObject(startShape).refine(eitherTemplateOrOperation, refusal);

/** What an execution would do, with nothing done. */
export const ExecutionPreview = z.object({
  operation: Operation,
  targets: z.array(PreviewTarget).meta({ description: "In the order in which they would begin" }),
  excluded: z
    .array(z.object({ server_id: ServerId, hostname: z.string(), reason: z.string() }))
    .meta({ description: "Servers that `targets` would choose and that the action does not apply to" }),
  batches: z.int(),
});
export type ExecutionPreview = z.infer<typeof ExecutionPreview>;

export const ResultDetail = z.object({
  server_id: ServerId,
  status: TargetState,
  attempt: z.int().meta({ description: "1 for the first attempt; 0 before it" }),
  exit_code: z.int().nullable(),
  output: z.string().meta({ description: "The end of standard output, at most 8 KiB" }),
  error_output: z.string().meta({ description: "The end of standard error, at most 8 KiB" }),
  error: z.string().nullable().meta({ description: "Why it did not run, or how it ended, in words" }),
  execution_time: z.number().nullable().meta({ description: "Seconds, by the monotonic clock of the agent" }),
  result: OperationResult.nullable().meta({ description: "What a check found; null for commands" }),
  resource_usage: ResourceUsage.nullable().meta({
    description: "What it used of its server, as far as that was measured",
  }),
});
export type ResultDetail = z.infer<typeof ResultDetail>;

const ExecutionTiming = z.object({
  created_at: Timestamp,
  started_at: Timestamp.nullable(),
  estimated_completion: Timestamp.nullable().meta({
    description: "While it is going on: from how long the same action took before; null when that is not known",
  }),
  completed_at: Timestamp.nullable(),
  duration_seconds: z.number().nullable(),
});

const counts = { success_count: z.int(), failure_count: z.int(), total_count: z.int() };

/** An execution as lists show it: as a whole, without its parts. */
export const ExecutionSummary = z.object({
  execution_id: ExecutionId,
  batch_id: z.uuid(),
  retry_of: ExecutionId.nullable().meta({ description: "The execution whose failed servers this one tries again" }),
  approval: ApprovalStatus.nullable().meta({
    description: "Null when it needs nobody's; while it is pending, all of it is queued and nothing begins",
  }),
  initiated_by: z.string(),
  execution_type: z.enum(["single", "bulk", "scheduled"]),
  priority: Priority,
  action_template_id: ActionId.nullable(),
  action_version: z.int().nullable().meta({ description: "The version of the action that it runs" }),
  operation: Operation,
  parameters: Parameters,
  timeout_seconds: z.int(),
  status: z.object({ overall: TargetState }),
  timing: ExecutionTiming,
  results: z.object(counts),
});
export type ExecutionSummary = z.infer<typeof ExecutionSummary>;

export const Execution = z.object({
  ...ExecutionSummary.shape,
  target_servers: z.array(ServerId),
  status: z.object({
    overall: TargetState,
    per_server: z.record(
      z.string(),
      z.object({
        status: TargetState,
        since: Timestamp,
        progress: z.int().min(0).max(100).meta({ description: "Percent, by how long it took before" }),
      }),
    ),
  }),
  results: z.object({ ...counts, details: z.array(ResultDetail) }),
  logs: z.object({ entries_count: z.int(), size_bytes: z.int() }),
});
export type Execution = z.infer<typeof Execution>;

/** How much of an execution to show. */
export const ExecutionQuery = z.strictObject({
  output: z.enum(["tail", "none"]).default("tail").meta({
    description: "Whether results carry the end of the output; with more than 100 servers they never do: see /targets",
  }),
});

/** Figures of the executions of a time. */
export const ExecutionStatistics = z.object({
  since: Timestamp,
  executions: z.int(),
  by_status: z.partialRecord(TargetState, z.int()).meta({ description: "Executions by their overall state" }),
  success_rate: z.number().nullable().meta({ description: "Of what has ended: 0 to 1" }),
  duration_seconds: z.object({ p50: z.number(), p95: z.number(), max: z.number() }).nullable(),
});
export type ExecutionStatistics = z.infer<typeof ExecutionStatistics>;

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
  stream: LogEntry.shape.stream.optional(),
  after: z.coerce.number().int().nonnegative().default(0).meta({ description: "Only entries with a greater seq" }),
  limit: z.coerce.number().int().min(1).max(10_000).default(1_000),
});

export const HistoryFilter = z.strictObject({
  status: TargetState.optional().meta({ description: "The overall state" }),
  server_id: ServerId.optional(),
  action_template_id: ActionId.optional(),
  batch_id: z.uuid().optional(),
  initiated_by: Search.optional(),
  execution_type: z.enum(["single", "bulk", "scheduled"]).optional(),
  created_after: Timestamp.optional(),
  created_before: Timestamp.optional(),
});

export const TargetFilter = z.strictObject({
  status: TargetState.optional(),
  exit_code: z.coerce.number().int().min(0).max(255).optional(),
});

/** What a client sends as `Idempotency-Key`, once per start that it means: a UUID, or what else is never used twice. */
export const IdempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{8,200}$/, "use 8 to 200 visible ASCII characters")
  .meta({ description: "Repeating a request with the same key starts nothing twice" });
