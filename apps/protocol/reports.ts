import { z } from "zod";
import type { Permission } from "./access.ts";
import { Timestamp } from "./ids.ts";

/** What there are reports of, each with what it takes to read it. */
export const reportKinds = {
  executions: { title: "Who ran what where", permission: "executions:read" },
  access: { title: "Who may do what, and when they last did", permission: "accounts:manage" },
  refusals: { title: "Attempts that were refused", permission: "audit:read" },
  changes: { title: "Changes to what may run, and to who may run it", permission: "audit:read" },
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
