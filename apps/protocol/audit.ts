import { z } from "zod";
import { Timestamp } from "./ids.ts";
import { Search } from "./route.ts";

/** Who did something, and from where. */
export const Actor = z.object({
  type: z.enum(["user", "system", "agent"]),
  id: z.string(),
  ip_address: z.string().nullable(),
  user_agent: z.string().nullable(),
});
export type Actor = z.infer<typeof Actor>;

/** Every kind of entry in the audit log. */
export const auditEventTypes = [
  "server.registered",
  "server.updated",
  "server.deleted",
  "agent.enrolled",
  "agent.refused",
  "action.created",
  "action.updated",
  "action.deleted",
  "execution.started",
  "execution.cancelled",
  "execution.approved",
  "execution.refused",
  "execution.approval_expired",
  "approval_rule.created",
  "approval_rule.updated",
  "approval_rule.deleted",
  "notification_channel.created",
  "notification_channel.updated",
  "notification_channel.deleted",
  "notification_rule.created",
  "notification_rule.updated",
  "notification_rule.deleted",
  "notification.retried",
  "push_subscription.created",
  "push_subscription.deleted",
  "hook.created",
  "hook.updated",
  "hook.deleted",
  "secret.created",
  "secret.updated",
  "secret.deleted",
  "secret.used",
  "secret.resealed",
  "account.created",
  "account.changed",
  "account.deleted",
  "role_binding.created",
  "role_binding.updated",
  "role_binding.deleted",
  "token.created",
  "token.revoked",
  "login.succeeded",
  "login.refused",
  "logout",
  "refresh.reused",
  "lock.acquired",
  "lock.extended",
  "lock.released",
  "lock.force_released",
  "breaker.overridden",
  "queue.controlled",
  "limits.changed",
  "drift.reported",
  "schedule.created",
  "schedule.updated",
  "schedule.deleted",
  "schedule.missed",
  "report_schedule.created",
  "report_schedule.updated",
  "report_schedule.deleted",
  "workflow.created",
  "workflow.updated",
  "workflow.deleted",
  "workflow.started",
  "workflow.cancelled",
  "workflow.resumed",
  "workflow.approved",
  "workflow.refused",
  "request.refused",
] as const;
export const AuditEventType = z.enum(auditEventTypes);
export type AuditEventType = z.infer<typeof AuditEventType>;

/** One entry of the audit log: a change that was made, or an attempt that was refused. */
export const AuditEvent = z.object({
  event_id: z.int(),
  timestamp: Timestamp,
  event_type: AuditEventType,
  actor: Actor,
  resource: z.object({ type: z.string(), id: z.string().nullable(), name: z.string().nullable() }),
  details: z.record(z.string(), z.unknown()),
  result: z.object({
    success: z.boolean(),
    error_message: z.string().nullable(),
    affected_count: z.int().nonnegative().nullable().meta({
      description: "What the change reached, for example servers; null for entries from before this was counted",
    }),
  }),
  seal: z
    .object({ position: z.int(), hash: z.string() })
    .nullable()
    .meta({ description: "Its place in the chain of hashes; entries are sealed within a second" }),
});
export type AuditEvent = z.infer<typeof AuditEvent>;

export const AuditFilter = z.strictObject({
  event_type: AuditEventType.optional(),
  actor_id: Search.optional(),
  actor_type: Actor.shape.type.optional(),
  ip_address: Search.optional(),
  resource_type: Search.optional(),
  resource_id: Search.optional(),
  success: z.enum(["true", "false"]).optional(),
  since: Timestamp.optional().meta({ description: "From this time on" }),
  until: Timestamp.optional().meta({ description: "Before this time" }),
});
export type AuditFilter = z.infer<typeof AuditFilter>;

/** What checking the whole chain found. */
export const AuditVerification = z.object({
  intact: z.boolean(),
  checked: z.int().meta({ description: "Entries in the chain that were checked" }),
  unsealed: z.int().meta({ description: "Entries that are not in the chain yet" }),
  head: z
    .object({ position: z.int(), hash: z.string() })
    .nullable()
    .meta({ description: "The newest link: kept elsewhere, it shows later whether the end was cut off" }),
  broken_at: z.int().nullable().meta({ description: "Position of the first entry that was altered, or is missing" }),
});
export type AuditVerification = z.infer<typeof AuditVerification>;
