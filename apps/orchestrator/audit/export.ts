import type { AuditEvent, AuditFilter } from "@homeslice/protocol";
import { csvLine } from "../csv.ts";
import type { Connection } from "../database/database.ts";
import { readEvents } from "./repository.ts";

const columns = {
  event_id: ({ event_id }: AuditEvent) => String(event_id),
  timestamp: ({ timestamp }: AuditEvent) => timestamp,
  event_type: ({ event_type }: AuditEvent) => event_type,
  actor_type: ({ actor }: AuditEvent) => actor.type,
  actor_id: ({ actor }: AuditEvent) => actor.id,
  ip_address: ({ actor }: AuditEvent) => actor.ip_address ?? "",
  user_agent: ({ actor }: AuditEvent) => actor.user_agent ?? "",
  resource_type: ({ resource }: AuditEvent) => resource.type,
  resource_id: ({ resource }: AuditEvent) => resource.id ?? "",
  resource_name: ({ resource }: AuditEvent) => resource.name ?? "",
  success: ({ result }: AuditEvent) => String(result.success),
  error_message: ({ result }: AuditEvent) => result.error_message ?? "",
  affected_count: ({ result }: AuditEvent) => String(result.affected_count ?? ""),
  details: ({ details }: AuditEvent) => JSON.stringify(details),
  position: ({ seal }: AuditEvent) => String(seal?.position ?? ""),
  hash: ({ seal }: AuditEvent) => seal?.hash ?? "",
};

/** How an export is written, and what it is called on the wire. */
export const formats = {
  csv: { type: "text/csv; charset=utf-8", head: csvLine(Object.keys(columns)), line: csvEvent },
  jsonl: { type: "application/jsonl", head: "", line: (event: AuditEvent) => `${JSON.stringify(event)}\n` },
} as const;

/** The entries that a filter lets through, newest first, as text in pieces: however many there are, few are held at once. */
export async function* exportEvents(
  connection: Connection,
  filter: AuditFilter,
  format: keyof typeof formats,
): AsyncGenerator<string> {
  const { head, line } = formats[format];
  yield head;
  for await (const events of readEvents(connection, filter)) yield events.map(line).join("");
}

function csvEvent(event: AuditEvent): string {
  return csvLine(Object.values(columns).map((cell) => cell(event)));
}
