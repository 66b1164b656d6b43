import { z } from "zod";
import { Timestamp } from "./ids.ts";
import { Search } from "./route.ts";
import { orReference } from "./secretReference.ts";

/** What people can be told of, each with its severity. */
export const notificationEvents = {
  "execution.succeeded": "info",
  "execution.cancelled": "info",
  "execution.failed": "error",
  "approval.requested": "info",
  "schedule.failed": "warning",
  "schedule.missed": "warning",
  "workflow.succeeded": "info",
  "workflow.cancelled": "info",
  "workflow.failed": "error",
  "workflow.waiting": "info",
  "server.unreachable": "warning",
  "report.ready": "info",
} as const;
export type NotificationEvent = keyof typeof notificationEvents;
const isEvent = (name: string): name is NotificationEvent => Object.hasOwn(notificationEvents, name);
export const NotificationEvent = z.enum(Object.keys(notificationEvents).filter(isEvent));

/** Least severe first. */
export const severities = ["info", "warning", "error"] as const;
export const Severity = z.enum(severities);
export type Severity = z.infer<typeof Severity>;

export const ChannelId = z.uuid().meta({ description: "Identity of a channel of notifications" });
export const NotificationRuleId = z.uuid().meta({ description: "Identity of a notification rule" });
export const DeliveryId = z.uuid().meta({ description: "Identity of a delivery: the same for each attempt" });

/** An address that requests are sent to. */
export const Url = z
  .url({ protocol: /^https?$/ })
  .max(2_000)
  .refine((text) => {
    // What is no address at all has been told already.
    if (!URL.canParse(text)) return true;
    const { username, password } = new URL(text);
    return username === "" && password === "";
  }, "must not hold a user or a password");

/** What both sides of a webhook know, as Standard Webhooks writes it. */
export const WebhookSecret = z
  .string()
  .regex(/^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/, "use whsec_ and 24 to 64 random bytes in base64");

const Recipients = z.array(z.email().max(254)).min(1).max(50);
const RoutingKey = z.string().min(1).max(200);
const PagerDutyUrl = Url.default("https://events.pagerduty.com/v2/enqueue");

const browserPush = z.strictObject({
  type: z.literal("browser_push"),
  users: z.array(z.string().min(1).max(200)).max(100).default([]).meta({
    description: "Whose browsers: of those that people have subscribed. Empty: everybody's of the tenant",
  }),
});

/** Where notifications go, with all that is secret about it. */
export const ChannelTarget = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("webhook"), url: Url, secret: WebhookSecret }),
  z.strictObject({ type: z.literal("slack"), url: Url }),
  z.strictObject({ type: z.literal("email"), to: Recipients }),
  z.strictObject({ type: z.literal("pagerduty"), routing_key: RoutingKey, url: PagerDutyUrl }),
  browserPush,
]);
export type ChannelTarget = z.infer<typeof ChannelTarget>;

const keeps = "Left out of a change, it stays what it is";

/** The same as people give it. What is secret is stored sealed, and never shown again; or it is named. */
export const NewChannelTarget = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("webhook"),
    url: orReference(Url)
      .optional()
      .meta({ description: `Gets a POST with a JSON body, signed by the rules of Standard Webhooks. ${keeps}` }),
    secret: orReference(WebhookSecret)
      .optional()
      .meta({ description: `Signs each request. ${keeps}` }),
  }),
  z.strictObject({
    type: z.literal("slack"),
    url: orReference(Url)
      .optional()
      .meta({ description: `Address of an incoming webhook of Slack. ${keeps}` }),
  }),
  z.strictObject({ type: z.literal("email"), to: Recipients }),
  z.strictObject({
    type: z.literal("pagerduty"),
    routing_key: orReference(RoutingKey)
      .optional()
      .meta({ description: `Integration key of the Events API v2. ${keeps}` }),
    url: PagerDutyUrl,
  }),
  browserPush,
]);
export type NewChannelTarget = z.infer<typeof NewChannelTarget>;

/** What is secret about each type of channel. */
export const channelSecrets: Readonly<Record<NewChannelTarget["type"], readonly string[]>> = {
  webhook: ["url", "secret"],
  slack: ["url"],
  email: [],
  pagerduty: ["routing_key"],
  browser_push: [],
};

export const NewChannel = z.strictObject({ name: z.string().min(1).max(200), target: NewChannelTarget });
export type NewChannel = z.infer<typeof NewChannel>;

const metadata = z.object({ created_at: Timestamp, created_by: z.string(), updated_at: Timestamp });

export const Channel = z.object({
  channel_id: ChannelId,
  name: z.string(),
  type: z.enum(["webhook", "slack", "email", "pagerduty", "browser_push"]),
  shown: z.string().meta({ description: "Where it goes, without what is secret" }),
  target: NewChannelTarget.meta({ description: "All of it but what is secret: that is named, or left out" }),
  version: z.int().meta({ description: "Grows with each change; also the ETag" }),
  metadata,
});
export type Channel = z.infer<typeof Channel>;

/** What a text of one's own may say: each name in two braces is replaced by its value, and nothing else happens. */
export const messageFields = [
  "event",
  "severity",
  "at",
  "summary",
  "execution_id",
  "action",
  "initiated_by",
  "state",
  "succeeded",
  "failed",
  "total",
  "server",
  "schedule",
  "report",
  "link",
  "workflow",
  "run_id",
  "step",
  "message",
] as const;
export type MessageField = (typeof messageFields)[number];

const fieldsOf = (text: string) => [...text.matchAll(/\{\{\s*([^}]*?)\s*\}\}/g)].map(([, name = ""]) => name);
const Template = z
  .string()
  .min(1)
  .max(4_000)
  .refine(
    (text) => fieldsOf(text).every((name) => messageFields.some((field) => field === name)),
    `only these names can stand in braces: ${messageFields.join(", ")}`,
  );

export const NewNotificationRule = z.strictObject({
  name: z.string().min(1).max(200),
  events: z.array(NotificationEvent).max(20).default([]).meta({ description: "One of these; empty: any" }),
  min_severity: Severity.default("info"),
  channel_ids: z.array(ChannelId).min(1).max(20),
  title: Template.optional().meta({ description: "Default: what has happened, in a few words" }),
  text: Template.optional().meta({ description: "Default: all that is known of it" }),
});
export type NewNotificationRule = z.infer<typeof NewNotificationRule>;

export const NotificationRule = z.object({
  rule_id: NotificationRuleId,
  ...NewNotificationRule.shape,
  version: z.int().meta({ description: "Grows with each change; also the ETag" }),
  metadata,
});
export type NotificationRule = z.infer<typeof NotificationRule>;

export const DefinitionFilter = z.strictObject({
  search: Search.optional().meta({ description: "Part of the name" }),
});

/** What became of telling one channel of one event. */
export const Delivery = z.object({
  delivery_id: DeliveryId,
  channel_id: ChannelId,
  rule_id: NotificationRuleId,
  event: NotificationEvent,
  severity: Severity,
  created_at: Timestamp,
  status: z
    .enum(["pending", "sent", "dead"])
    .meta({ description: "dead: given up, until somebody has it tried again" }),
  attempts: z.int(),
  next_attempt_at: Timestamp.nullable(),
  last_error: z.string().nullable(),
});
export type Delivery = z.infer<typeof Delivery>;

export const DeliveryFilter = z.strictObject({
  status: Delivery.shape.status.optional(),
  channel_id: ChannelId.optional(),
  event: NotificationEvent.optional(),
});
