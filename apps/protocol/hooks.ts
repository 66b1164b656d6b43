import { z } from "zod";
import { ActionId, ExecutionId, Timestamp } from "./ids.ts";
import { WebhookSecret } from "./notifications.ts";
import { ParameterName, Parameters } from "./parameters.ts";
import { orReference, SecretReference } from "./secretReference.ts";
import { TargetSelector } from "./targets.ts";
import { WorkflowId, WorkflowRunId } from "./workflows.ts";

/** Identity of a hook. */
export const HookId = z
  .uuid()
  .meta({ description: "Identity of a hook: an alert, or another program, that starts an action or a workflow" });

const LabelName = z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]{0,99}$/, "use letters, digits and underscores");

const newHook = z.strictObject({
  name: z.string().min(1).max(200),
  description: z.string().max(10_000).default(""),
  source: z.enum(["alertmanager", "webhook"]).meta({
    description:
      "alertmanager: its webhook, with the secret as bearer token; webhook: any program, signed by the rules of Standard Webhooks",
  }),
  secret: orReference(WebhookSecret).optional().meta({
    description:
      "What the caller proves itself with; stored sealed, and never shown. Left out of a change, it stays what it is",
  }),
  enabled: z.boolean().default(true).meta({ description: "Off, it starts nothing and says so" }),
  match: z
    .record(LabelName, z.string().max(1_000))
    .default({})
    .meta({ description: "Only alerts whose labels have these values" }),
  action_template_id: ActionId.optional().meta({ description: "What is started" }),
  workflow_id: WorkflowId.optional().meta({
    description: "A workflow that is started instead: its steps choose their servers themselves",
  }),
  parameters: Parameters.default({}).meta({ description: "Fixed parameters of what is started" }),
  parameters_from: z
    .record(ParameterName, LabelName)
    .default({})
    .meta({ description: "Parameters that are taken from labels: these alone, and checked like any other" }),
  targets: TargetSelector.optional().meta({ description: "Servers by what they are" }),
  host_from: LabelName.optional().meta({
    description: "The label that names the server, as a hostname with or without a port, instead of or besides targets",
  }),
  dry_run: z.boolean().default(false).meta({ description: "Let each agent say what it would do, and do nothing" }),
  starts_per_hour: z
    .int()
    .min(1)
    .max(1_000)
    .default(10)
    .meta({ description: "Executions or runs that it starts in an hour, at most" }),
  cool_down_seconds: z
    .int()
    .min(0)
    .max(86_400)
    .default(900)
    .meta({ description: "Seconds in which the same alert starts nothing again" }),
});
const { secret: _secret, ...shown } = newHook.shape;

/** What creates a hook. */
export const NewHook = newHook.superRefine((hook, context) => {
  const { action_template_id, workflow_id } = hook;
  if ((action_template_id === undefined) === (workflow_id === undefined)) {
    const message = "give either action_template_id or workflow_id";
    context.addIssue({ code: "custom", path: ["action_template_id"], message });
  }
  if (workflow_id === undefined) return;
  for (const field of ["targets", "host_from", "dry_run"] as const) {
    if (hook[field] === undefined || hook[field] === false) continue;
    context.addIssue({ code: "custom", path: [field], message: "is said by the steps of a workflow" });
  }
});
export type NewHook = z.infer<typeof NewHook>;

export const Hook = z.object({
  hook_id: HookId,
  ...shown,
  secret: SecretReference.optional().meta({ description: "Where it is named; otherwise, it is never shown" }),
  version: z.int().meta({ description: "Grows with each change; also the ETag" }),
  owner: z.string().meta({ description: "Who changed it last: its executions are theirs" }),
  metadata: z.object({ created_at: Timestamp, created_by: z.string(), updated_at: Timestamp }),
});
export type Hook = z.infer<typeof Hook>;

/** What became of one alert. */
export const HookCall = z.object({
  call_id: z.uuid(),
  at: Timestamp,
  fingerprint: z.string(),
  labels: z.record(z.string(), z.string()),
  outcome: z.enum(["started", "ignored", "refused"]),
  reason: z.string().nullable(),
  execution_id: ExecutionId.nullable(),
  run_id: WorkflowRunId.nullable().meta({ description: "The run of its workflow" }),
});
export type HookCall = z.infer<typeof HookCall>;

export const HookCallFilter = z.strictObject({ outcome: HookCall.shape.outcome.optional() });

const Labels = z.record(z.string().max(200), z.string().max(4_096));

/** What Alertmanager sends to a webhook, as far as it is read (https://prometheus.io/docs/alerting/latest/configuration/#webhook_config). */
export const AlertmanagerMessage = z.object({
  alerts: z
    .array(
      z.object({ status: z.enum(["firing", "resolved"]), labels: Labels, fingerprint: z.string().min(1).max(200) }),
    )
    .max(1_000),
});

/** What any other program sends. */
export const HookMessage = z.object({ labels: Labels.default({}) });

/** What the caller of a hook is told: one entry for each alert. */
export const HookAnswer = z.object({
  results: z.array(HookCall.pick({ fingerprint: true, outcome: true, reason: true, execution_id: true, run_id: true })),
});
export type HookAnswer = z.infer<typeof HookAnswer>;
