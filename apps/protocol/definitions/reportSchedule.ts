import { z } from "zod";
import { everything } from "../client.ts";
import { NewReportSchedule } from "../reports.ts";
import { kindOf } from "./kind.ts";

const { name: _name, ...shape } = NewReportSchedule.shape;

/** Schedules of reports. */
export const reportSchedule = kindOf({
  schema: z.strictObject(shape),
  references: () => [],
  list: async ({ client }) =>
    (await everything((query) => client.call("listReportSchedules", { query }))).map(
      ({ report_schedule_id, name, version, metadata: _, next_at: _next, ...spec }) => ({
        id: report_schedule_id,
        name,
        version,
        spec,
      }),
    ),
  create: async ({ client }, body) => (await client.call("createReportSchedule", { body })).report_schedule_id,
  update: async ({ client }, { id, version }, body) => {
    await client.call("updateReportSchedule", { params: { report_schedule_id: id }, body, version });
  },
  remove: async ({ client }, { id, version }) => {
    await client.call("deleteReportSchedule", { params: { report_schedule_id: id }, version });
  },
});
