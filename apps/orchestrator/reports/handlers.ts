import type { Context } from "../context.ts";
import type { Handlers } from "../http/routes.ts";
import { ReportSchedules } from "./schedules.ts";

/** The handlers of the routes of reports. */
export function reportHandlers(context: Context) {
  const schedules = new ReportSchedules(context);
  return {
    listReports: ({ query }) => schedules.reports(query),
    listReportSchedules: ({ query }) => schedules.list(query),
    createReportSchedule: ({ body }, actor, caller) => schedules.create(body, actor, caller),
    getReportSchedule: ({ params }) => schedules.get(params.report_schedule_id),
    updateReportSchedule: (request, actor, caller) => schedules.update(request, actor, caller),
    deleteReportSchedule: ({ params, version }, actor) => schedules.delete(params.report_schedule_id, version, actor),
  } satisfies Partial<Handlers>;
}
