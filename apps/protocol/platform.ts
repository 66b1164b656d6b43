import { z } from "zod";
import { ServerId, Timestamp } from "./ids.ts";
import { type Route, route } from "./route.ts";

const bytes = z.number().nonnegative();
const forecast = (when: string) =>
  z
    .number()
    .nullable()
    .meta({
      description: `Bytes that will be free ${when} if it goes on as in the last day, 0 when none; null when not known`,
    });

/** A service that is measured. */
export const MeasuredService = z.object({
  name: z.string(),
  up: z.int().meta({ description: "Instances that answer" }),
  total: z.int().meta({ description: "Instances that there are" }),
});
export type MeasuredService = z.infer<typeof MeasuredService>;

/** An address that is probed as a browser would ask for it. */
export const ProbedAddress = z.object({
  service: z.string(),
  address: z.string(),
  ok: z.boolean(),
  seconds: z.number().nullable().meta({ description: "Time that its last answer took" }),
  certificate_until: Timestamp.nullable().meta({ description: "When the first certificate of its chain ends" }),
});
export type ProbedAddress = z.infer<typeof ProbedAddress>;

/** What is backed up on a schedule. */
export const MeasuredBackup = z.object({
  name: z.string(),
  state: z.enum(["ok", "running", "failed", "waiting"]).meta({
    description: "failed: the newest that was due did not succeed; waiting: none was due yet",
  }),
  last_success: Timestamp.nullable(),
  last_scheduled: Timestamp.nullable(),
  next: Timestamp.nullable(),
});
export type MeasuredBackup = z.infer<typeof MeasuredBackup>;

/** The proof, again and again, that a backup can be restored. */
export const MeasuredDrill = z.object({
  name: z.string(),
  state: z.enum(["ok", "running", "failed", "never"]).meta({
    description: "Of the newest drill that has ended; never: none has",
  }),
  last_success: Timestamp.nullable(),
  last_failure: Timestamp.nullable().meta({
    description: "When the newest that failed began, as long as its job is kept",
  }),
  seconds: z.number().nullable().meta({ description: "Time that the last success took, as long as its job is kept" }),
  next: Timestamp.nullable(),
});
export type MeasuredDrill = z.infer<typeof MeasuredDrill>;

/** Room that may run out. */
export const Capacity = z.object({
  kind: z.enum(["filesystem", "memory"]),
  instance: z.string().meta({ description: "The node, as it is measured" }),
  name: z.string().meta({ description: "Where a file system is mounted; empty for memory" }),
  size_bytes: bytes,
  free_bytes: bytes,
  free_in_week_bytes: forecast("in a week"),
  free_in_month_bytes: forecast("in 30 days"),
});
export type Capacity = z.infer<typeof Capacity>;

/** An alert that fires. */
export const FiringAlert = z.object({
  name: z.string(),
  severity: z.string(),
  subject: z.string().meta({ description: "What it is about, as its labels say; may be empty" }),
});
export type FiringAlert = z.infer<typeof FiringAlert>;

/** What Prometheus knows of the platform; its lists are empty while it is not asked, or does not answer. */
export const PlatformHealth = z.object({
  prometheus: z
    .enum(["ok", "unreachable", "none"])
    .meta({ description: "none: the orchestrator knows of no Prometheus" }),
  services: z.array(MeasuredService),
  addresses: z.array(ProbedAddress),
  backups: z.array(MeasuredBackup),
  drills: z.array(MeasuredDrill),
  capacity: z.array(Capacity).meta({ description: "What will have the least left in a month first" }),
  alerts: z.array(FiringAlert),
});
export type PlatformHealth = z.infer<typeof PlatformHealth>;

/** How long back a server is looked at: an hour, six, a day, a week, 30 days. */
export const MetricHours = z.enum(["1", "6", "24", "168", "720"]);
export type MetricHours = z.infer<typeof MetricHours>;

const Points = z.array(z.tuple([Timestamp, z.number()])).meta({ description: "Oldest first" });

/** What was measured of a server over some time; its lists are empty where nothing is known. */
export const ServerMetrics = z.object({
  prometheus: PlatformHealth.shape.prometheus,
  step_seconds: z.int().meta({ description: "Seconds between two points" }),
  load: Points.meta({ description: "Load average of a minute" }),
  cpu_usage_percent: Points,
  memory_usage_percent: Points,
  disk_usage_percent: Points,
});
export type ServerMetrics = z.infer<typeof ServerMetrics>;

/** REST routes of the platform around the orchestrator, by name. */
export const platformRoutes = {
  getPlatform: route({
    method: "GET",
    path: "/api/v1/platform",
    summary:
      "Show services, public addresses with their certificates, backups, drills, room with a forecast, and alerts, from Prometheus",
    permission: "platform:read",
    response: PlatformHealth,
  }),
  getServerMetrics: route({
    method: "GET",
    path: "/api/v1/servers/{server_id}/metrics",
    summary: "Show what the agent of a server measured over some time, where Prometheus measures that agent",
    permission: "servers:read",
    params: z.strictObject({ server_id: ServerId }),
    query: z.strictObject({ hours: MetricHours.default("24") }),
    response: ServerMetrics,
  }),
} satisfies Record<string, Route>;
