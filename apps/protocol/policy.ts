import { z } from "zod";
import type { Operation } from "./operations/index.ts";

/** Largest time-out of a command, in seconds: one day. */
export const MAX_TIMEOUT_SECONDS = 86_400;

const Seconds = z.int().min(1).max(MAX_TIMEOUT_SECONDS);

const fields = {
  timeout_seconds: Seconds.meta({ description: "Seconds after which the agent ends the whole process tree" }),
  idempotent: z.boolean().meta({
    description: "Whether running it twice does no more than once: only then is it ever run again by itself",
  }),
  retry_count: z.int().min(0).max(10).meta({
    description: "Further attempts on a server where it failed or timed out",
  }),
  retry_delay_seconds: z.int().min(0).max(3_600).meta({ description: "Seconds before each further attempt" }),
  requires_lock: z.boolean().meta({
    description: "Whether it takes the execution lock of the server, so that nothing else that does runs beside it",
  }),
  parallel_execution: z.boolean().meta({
    description: "Whether several servers may run it at once; otherwise one after the other",
  }),
  on_disconnect: z.enum(["wait", "give_up"]).meta({
    description: "What becomes of running work whose agent is out of sight: wait for it, or call it lost after a time",
  }),
  give_up_after_seconds: Seconds.meta({ description: "That time, in seconds" }),
  on_lost: z.enum(["report", "retry"]).meta({
    description: "What becomes of lost work: it is reported as lost, or tried again as long as retry_count lasts",
  }),
};

/** How an action is run: the same on every server. */
export const ExecutionConfig = z.strictObject({
  timeout_seconds: fields.timeout_seconds.default(3_600),
  idempotent: fields.idempotent.default(false),
  retry_count: fields.retry_count.default(0),
  retry_delay_seconds: fields.retry_delay_seconds.default(10),
  requires_lock: fields.requires_lock.default(false),
  parallel_execution: fields.parallel_execution.default(true),
  on_disconnect: fields.on_disconnect.default("wait"),
  give_up_after_seconds: fields.give_up_after_seconds.default(300),
  on_lost: fields.on_lost.default("report"),
});
export type ExecutionConfig = z.infer<typeof ExecutionConfig>;

/** What one execution does otherwise than its template, or than the defaults. */
export const ExecutionOverrides = z.strictObject(fields).partial();
export type ExecutionOverrides = z.infer<typeof ExecutionOverrides>;

const Needles = z.array(z.string().min(1).max(1_000)).max(20).default([]);

/** What counts as success: all of it. Texts are looked for in each line of output of the attempt. */
export const SuccessCriteria = z.strictObject({
  exit_code: z.int().min(0).max(255).default(0),
  output_contains: Needles.meta({ description: "Each of these is in some line" }),
  output_not_contains: Needles.meta({ description: "None of these is in any line" }),
  execution_time_max: z
    .number()
    .positive()
    .max(MAX_TIMEOUT_SECONDS)
    .optional()
    .meta({ description: "Seconds that it may have taken" }),
});
export type SuccessCriteria = z.infer<typeof SuccessCriteria>;

/** Whether running something twice does no more than once: what only looks never does anything. */
export function isIdempotent(config: ExecutionConfig, operation: Operation): boolean {
  return config.idempotent || operation.type !== "shell_command";
}

/** What is run again by itself must be declared idempotent, if it is a command. */
export function policyFaults(config: ExecutionConfig, operation: Operation): { path: string; message: string }[] {
  if (isIdempotent(config, operation)) return [];
  const message = "only what is declared idempotent is run again by itself: set idempotent to true if it is";
  return [
    ...(config.retry_count > 0 ? [{ path: "retry_count", message }] : []),
    ...(config.on_lost === "retry" ? [{ path: "on_lost", message }] : []),
  ];
}
