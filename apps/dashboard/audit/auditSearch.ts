import { type AuditFilter, auditEventTypes } from "@homeslice/protocol/audit.ts";
import { z } from "zod";
import { Day, dayEnd, dayStart } from "../ui/days.ts";

const Text = z.string().min(1).max(200).optional().catch(undefined);

/** What the address of the audit log says; what it cannot mean is left out. */
export const AuditSearch = z.object({
  type: z.enum(auditEventTypes).optional().catch(undefined),
  actor: Text,
  resource: Text,
  id: Text,
  success: z.enum(["yes", "no"]).optional().catch(undefined),
  from: Day,
  to: Day,
});
export type AuditSearch = z.infer<typeof AuditSearch>;

/** The same as the API is asked for it. */
export function auditFilter({ type, actor, resource, id, success, from, to }: AuditSearch): AuditFilter {
  return {
    event_type: type,
    actor_id: actor,
    resource_type: resource,
    resource_id: id,
    success: success && (success === "yes" ? "true" : "false"),
    since: from && dayStart(from),
    until: to && dayEnd(to),
  };
}

/** Where a browser fetches the entries of a filter as a file. */
export function exportAddress(filter: AuditFilter, format: "csv" | "jsonl"): string {
  const given = Object.entries(filter).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return `/api/v1/audit/export?${new URLSearchParams([...given, ["format", format]])}`;
}
