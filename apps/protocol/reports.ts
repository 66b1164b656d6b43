import { z } from "zod";
import type { Permission } from "./access.ts";
import { Timestamp } from "./ids.ts";
import { Search } from "./route.ts";
import { CronExpression, TimeZone } from "./schedules.ts";

/** What there are reports of, each with what it takes to read it. */
export const reportKinds = {
  executions: { title: "Who ran what where", permission: "executions:read" },
  access: { title: "Who may do what, and when they last did", permission: "accounts:manage" },
  refusals: { title: "Attempts that were refused", permission: "audit:read" },
  changes: { title: "Changes to what may run, and to who may run it", permission: "audit:read" },
  workflows: { title: "Who started, decided and ended runs of workflows", permission: "audit:read" },
  evidence: { title: "Evidence of the audit log", permission: "audit:verify" },
} as const satisfies Record<string, { title: string; permission: Permission }>;
export type ReportKind = keyof typeof reportKinds;
const isReportKind = (name: string): name is ReportKind => Object.hasOwn(reportKinds, name);
export const reportKindNames: readonly ReportKind[] = Object.keys(reportKinds).filter(isReportKind);
export const ReportKind = z.enum(reportKindNames);

export const reportFormats = ["json", "csv", "pdf"] as const;
export const ReportFormat = z.enum(reportFormats);
export type ReportFormat = z.infer<typeof ReportFormat>;

/** How a report is asked for. */
export const ReportQuery = z
  .strictObject({
    format: ReportFormat.default("json"),
    since: Timestamp.optional().meta({ description: "From this time on. Default: 30 days before `until`" }),
    until: Timestamp.optional().meta({ description: "Before this time. Default: now" }),
  })
  .refine(({ since, until }) => !since || !until || Date.parse(since) < Date.parse(until), {
    path: ["since"],
    message: "must be before until",
  });
export type ReportQuery = z.infer<typeof ReportQuery>;

const Cell = z.union([z.string(), z.number(), z.boolean(), z.null()]);
/** One value of a report. */
export type Cell = z.infer<typeof Cell>;

/** What a report says of itself. */
export const ReportHead = z.object({
  kind: ReportKind,
  title: z.string(),
  tenant: z.string(),
  since: Timestamp,
  until: Timestamp,
  created_at: Timestamp,
  created_by: z.string(),
});
export type ReportHead = z.infer<typeof ReportHead>;

/** A report as JSON. */
export const Report = z.object({ report: ReportHead, rows: z.array(z.record(z.string(), Cell)) });
export type Report = z.infer<typeof Report>;

export const ReportScheduleId = z.uuid().meta({ description: "Identity of a schedule of reports" });
export const ReportId = z.uuid().meta({ description: "Identity of a report that was kept" });

/** What has reports made again and again. */
export const NewReportSchedule = z.strictObject({
  name: z.string().min(1).max(200),
  kind: ReportKind,
  formats: z
    .array(ReportFormat)
    .min(1)
    .max(reportFormats.length)
    .refine((formats) => new Set(formats).size === formats.length, "names a format twice")
    .default(["pdf"]),
  expression: CronExpression.regex(
    /^(@(daily|weekly|monthly|yearly)|\d+ \d+ .*)$/,
    "must be due once a day at most: begin with one minute and one hour, or use @daily, @weekly, @monthly, @yearly",
  ).meta({ description: "When a report is due. Each is of the time since the one before it; `@monthly`: of a month" }),
  time_zone: TimeZone.default("UTC"),
  keep_days: z.int().min(1).max(3_650).default(365).meta({ description: "Days that its reports are kept" }),
  paused: z.boolean().default(false).meta({ description: "The first report after a pause is of all of it" }),
});
export type NewReportSchedule = z.infer<typeof NewReportSchedule>;

export const ReportSchedule = z.object({
  report_schedule_id: ReportScheduleId,
  ...NewReportSchedule.shape,
  version: z.int().meta({ description: "Grows with each change; also the ETag" }),
  next_at: Timestamp.nullable().meta({ description: "Null when it is paused" }),
  metadata: z.object({ created_at: Timestamp, created_by: z.string(), updated_at: Timestamp }),
});
export type ReportSchedule = z.infer<typeof ReportSchedule>;

export const ReportScheduleFilter = z.strictObject({
  search: Search.optional().meta({ description: "Part of the name" }),
});

/** A report that was made by a schedule, and is kept. */
export const KeptReport = z.object({
  report_id: ReportId,
  report_schedule_id: ReportScheduleId.nullable().meta({ description: "Null when it was deleted" }),
  name: z.string(),
  kind: ReportKind,
  format: ReportFormat,
  since: Timestamp,
  until: Timestamp,
  created_at: Timestamp,
  expires_at: Timestamp,
  size_bytes: z.int(),
  sha256: z.string().meta({ description: "Of the file, in hexadecimal" }),
});
export type KeptReport = z.infer<typeof KeptReport>;

export const KeptReportFilter = z.strictObject({
  kind: ReportKind.optional(),
  format: ReportFormat.optional(),
  report_schedule_id: ReportScheduleId.optional(),
});
