import { z } from "zod";
import {
  KeptReport,
  KeptReportFilter,
  NewReportSchedule,
  ReportSchedule,
  ReportScheduleFilter,
  ReportScheduleId,
} from "./reports.ts";
import { listing, page, type Route, route, sortedBy } from "./route.ts";

const schedule = z.strictObject({ report_schedule_id: ReportScheduleId });

/** REST routes of reports, by name; reports themselves are files, and answered apart from these. */
export const reportRoutes = {
  listReports: route({
    method: "GET",
    path: "/api/v1/reports",
    summary: "List the reports that schedules made, as long as they are kept",
    permission: "reports:read",
    query: KeptReportFilter.extend(listing(sortedBy("created").default("-created")).shape),
    response: page(KeptReport),
  }),
  listReportSchedules: route({
    method: "GET",
    path: "/api/v1/report-schedules",
    summary: "List the schedules of reports",
    permission: "reports:read",
    query: ReportScheduleFilter.extend(listing(sortedBy("created", "name").default("-created")).shape),
    response: page(ReportSchedule),
  }),
  createReportSchedule: route({
    method: "POST",
    path: "/api/v1/report-schedules",
    summary: "Have a report made again and again; whoever asks for that must be allowed to read it",
    permission: "reports:manage",
    body: NewReportSchedule,
    status: 201,
    response: ReportSchedule,
  }),
  getReportSchedule: route({
    method: "GET",
    path: "/api/v1/report-schedules/{report_schedule_id}",
    summary: "Show a schedule of reports",
    permission: "reports:read",
    params: schedule,
    response: ReportSchedule,
  }),
  updateReportSchedule: route({
    method: "PUT",
    path: "/api/v1/report-schedules/{report_schedule_id}",
    summary: "Replace a schedule of reports",
    permission: "reports:manage",
    params: schedule,
    body: NewReportSchedule,
    versioned: true,
    response: ReportSchedule,
  }),
  deleteReportSchedule: route({
    method: "DELETE",
    path: "/api/v1/report-schedules/{report_schedule_id}",
    summary: "Delete a schedule of reports; those that it made are kept",
    permission: "reports:manage",
    params: schedule,
    versioned: true,
    status: 204,
    response: z.void(),
  }),
} satisfies Record<string, Route>;
