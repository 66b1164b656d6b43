import { Readable } from "node:stream";
import { ApiError, AuditFilter } from "@homeslice/protocol";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { type Context, inTenant } from "../context.ts";
import type { Admission } from "../http/admission.ts";
import { textFaults } from "../http/text.ts";
import { exportEvents, formats } from "./export.ts";

const Query = AuditFilter.extend({ format: z.enum(["csv", "jsonl"]).default("csv") });

/** Adds the export of the audit log: not a document, so not in the catalogue of routes. */
export function addAuditExport(app: FastifyInstance, context: Context, admission: Admission): void {
  app.get("/api/v1/audit/export", { config: { access: "audit:read" } }, async (request, reply) => {
    const { tenant } = await admission.admit(request, "audit:read");
    const query = Query.safeParse(request.query);
    const unstorable = textFaults("query", request.query);
    if (!query.success || unstorable.length > 0) {
      const unfit = query.error?.issues.map(({ path, message }) => ({ path: ["query", ...path].join("."), message }));
      const errors = [...(unfit ?? []), ...unstorable];
      throw new ApiError("invalid_request", "the export cannot be made with this filter", { errors });
    }
    const { format, ...filter } = query.data;
    const { database } = inTenant(context, tenant);
    return await reply
      .type(formats[format].type)
      .header("content-disposition", `attachment; filename="audit.${format}"`)
      .send(Readable.from(exportEvents(database, filter, format)));
  });
}
