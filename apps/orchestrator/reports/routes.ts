import { Readable } from "node:stream";
import { ApiError, ReportId, ReportQuery, reportKindNames, reportKinds } from "@homeslice/protocol";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { type Context, inTenant } from "../context.ts";
import type { Admission } from "../http/admission.ts";
import { textFaults } from "../http/text.ts";
import { formats } from "./formats/index.ts";
import { fileName, periodOf, writeReport } from "./reports.ts";
import { findReport, readParts } from "./repository.ts";
import { demandReading } from "./schedules.ts";

/** Adds the reports: files, so not in the catalogue of routes. */
export function addReports(app: FastifyInstance, context: Context, admission: Admission): void {
  addKeptReports(app, context, admission);
  for (const kind of reportKindNames) {
    const { permission } = reportKinds[kind];
    app.get(`/api/v1/reports/${kind}`, { config: { access: permission } }, async (request, reply) => {
      const { tenant, subject } = await admission.admit(request, permission);
      const { format, ...asked } = parse(request.query);
      const order = { kind, format, tenant, by: subject, ...periodOf(asked, context.now()) };
      const { database } = inTenant(context, tenant);
      return await reply
        .type(formats[format].type)
        .header("content-disposition", `attachment; filename="${fileName(order)}"`)
        .send(Readable.from(writeReport(context, database, order)));
    });
  }
}

/** Adds the files of the reports that are kept. */
function addKeptReports(app: FastifyInstance, context: Context, admission: Admission): void {
  app.get("/api/v1/reports/:report_id/content", { config: { access: "reports:read" } }, async (request, reply) => {
    const caller = await admission.admit(request, "reports:read");
    const { database } = inTenant(context, caller.tenant);
    const params = z.object({ report_id: ReportId }).safeParse(request.params);
    const report = params.success ? await findReport(database, params.data.report_id) : undefined;
    if (report === undefined) throw new ApiError("not_found", "there is no such report");
    demandReading(report.kind, caller);
    return await reply
      .type(formats[report.format].type)
      .header("content-disposition", `attachment; filename="${fileName({ ...report, tenant: caller.tenant })}"`)
      .send(Readable.from(readParts(database, report.report_id)));
  });
}

function parse(query: unknown): ReportQuery {
  const parsed = ReportQuery.safeParse(query);
  const unstorable = textFaults("query", query);
  if (parsed.success && unstorable.length === 0) return parsed.data;
  const unfit = parsed.error?.issues.map(({ path, message }) => ({ path: ["query", ...path].join("."), message }));
  const errors = [...(unfit ?? []), ...unstorable];
  throw new ApiError("invalid_request", "the report cannot be made like this", { errors });
}
