import { z } from "zod";
import { NewExecution } from "./executions.ts";
import { ActionId, ExecutionId, Timestamp } from "./ids.ts";
import { Search } from "./route.ts";
import { WorkflowId, WorkflowRunId, WorkflowStart } from "./workflows.ts";

/** Identity of a schedule. */
export const ScheduleId = z.uuid().meta({ description: "Identity of a schedule" });

/** Name of a time zone, as the IANA database has it. */
export const TimeZone = z
  .string()
  .refine(isTimeZone, "use the name of an IANA time zone, such as Europe/Berlin or UTC")
  .meta({ description: "IANA time zone, such as Europe/Berlin" });

function isTimeZone(name: string): boolean {
  return name === "UTC" || Intl.supportedValuesOf("timeZone").includes(name);
}

/** When something is due again and again. */
export const CronExpression = z
  .string()
  .max(200)
  .regex(
    /^(@(yearly|monthly|weekly|daily|hourly)|\S+( \S+){4})$/,
    "use five fields (minute, hour, day of month, month, day of week), or @hourly, @daily, @weekly, @monthly, @yearly",
  )
  .meta({
    description: "Minute, hour, day of month, month, day of week, separated by a space; or @daily and the like",
  });

/** Minutes in 31 days. */
const MAX_WINDOW_MINUTES = 44_640;

/** A time in which nothing is begun: it starts whenever the expression says so, and lasts so many minutes. */
export const BlackOut = z.strictObject({
  starts: CronExpression,
  minutes: z.int().min(1).max(MAX_WINDOW_MINUTES),
});
export type BlackOut = z.infer<typeof BlackOut>;

/** When a schedule is due: again and again, or once. */
export const Timing = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("cron"),
    expression: CronExpression,
    time_zone: TimeZone.default("UTC"),
    from: Timestamp.optional().meta({ description: "Not before this time" }),
    until: Timestamp.optional().meta({ description: "Not from this time on" }),
    black_outs: z.array(BlackOut).max(20).default([]),
  }),
  z.strictObject({ type: z.literal("once"), at: Timestamp }),
]);
export type Timing = z.infer<typeof Timing>;

const newSchedule = z.strictObject({
  name: z.string().min(1).max(200),
  description: z.string().max(10_000).default(""),
  timing: Timing,
  execution: NewExecution.optional().meta({
    description: "What is started each time; servers are chosen anew at that moment",
  }),
  workflow: WorkflowStart.optional().meta({
    description: "A workflow that is started each time instead, in the version that it has at that moment",
  }),
  paused: z.boolean().default(false).meta({ description: "What would have been due meanwhile is not made up for" }),
  catch_up: z.enum(["skip", "latest", "all"]).default("latest").meta({
    description:
      "What is done about times at which no orchestrator ran: nothing, one start for all of them, or one for each of the last 24 hours",
  }),
  overlap: z.enum(["allow", "skip"]).default("skip").meta({
    description:
      "What is done while what was started before is still going on: start another one, or leave this time out",
  }),
  jitter_seconds: z.int().min(0).max(3_600).default(0).meta({
    description: "Each start is put off by up to so many seconds, so that not everything begins at once",
  }),
});

/** What creates a schedule. */
export const NewSchedule = newSchedule.refine(
  ({ execution, workflow }) => (execution === undefined) !== (workflow === undefined),
  { path: ["execution"], message: "give either execution or workflow" },
);
export type NewSchedule = z.infer<typeof NewSchedule>;

/** What became of one time of a schedule. */
export const ScheduleFire = z.object({
  scheduled_at: Timestamp,
  fired_at: Timestamp,
  outcome: z.enum(["started", "failed", "skipped", "missed"]).meta({
    description:
      "failed: it could not be started; skipped: the one before was still going on; missed: no orchestrator ran in time",
  }),
  execution_id: ExecutionId.nullable(),
  run_id: WorkflowRunId.nullable().meta({ description: "The run of its workflow" }),
  action_version: z.int().nullable().meta({ description: "The version of the action that it runs" }),
  message: z.string().nullable(),
});
export type ScheduleFire = z.infer<typeof ScheduleFire>;

export const Schedule = z.object({
  schedule_id: ScheduleId,
  ...newSchedule.shape,
  version: z.int().meta({ description: "Grows with each change; also the ETag" }),
  next_fire: Timestamp.nullable().meta({ description: "Null when it is paused, or over" }),
  last_fire: ScheduleFire.nullable(),
  metadata: z.object({
    created_at: Timestamp,
    created_by: z.string(),
    updated_at: Timestamp,
    owner: z.string().meta({ description: "Who changed it last: its executions are theirs" }),
  }),
});
export type Schedule = z.infer<typeof Schedule>;

export const ScheduleFilter = z.strictObject({
  paused: z.enum(["true", "false"]).optional(),
  action_template_id: ActionId.optional(),
  workflow_id: WorkflowId.optional(),
  search: Search.optional().meta({ description: "Part of the name or of the description" }),
});

export const FireFilter = z.strictObject({ outcome: ScheduleFire.shape.outcome.optional() });

/** When a timing is due, without any schedule. */
export const TimingPreview = z.strictObject({
  timing: Timing,
  after: Timestamp.optional().meta({ description: "Default: now" }),
  count: z.int().min(1).max(100).default(10),
});
