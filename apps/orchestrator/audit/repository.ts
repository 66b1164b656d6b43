import type { AuditEvent, AuditFilter } from "@homeslice/protocol";
import { type Selectable, sql } from "kysely";
import type { Connection } from "../database/database.ts";
import type { AuditEventsTable } from "../database/tables.ts";
import { ofTenant } from "../database/tenancy.ts";

export type NewAuditEvent = Pick<AuditEvent, "event_type" | "actor" | "resource" | "details" | "result">;

/** Adds an entry. Given a transaction, it stands or falls with the change that it tells of. */
export async function insertEvent(connection: Connection, event: NewAuditEvent): Promise<void> {
  await connection
    .insertInto("audit_events")
    .values({
      event_type: event.event_type,
      actor: JSON.stringify(event.actor),
      resource: JSON.stringify(event.resource),
      details: JSON.stringify(event.details),
      result: JSON.stringify(event.result),
    })
    .execute();
}

export interface AuditListing extends AuditFilter {
  readonly limit: number;
  readonly cursor?: number | undefined;
}

/** Entries, newest first, that come after the cursor. */
export async function listEvents(connection: Connection, listing: AuditListing): Promise<AuditEvent[]> {
  const { event_type, actor_id, resource_id, success, since, until, limit, cursor } = listing;
  let query = connection
    .selectFrom("audit_events")
    .selectAll()
    .where(ofTenant)
    .orderBy("event_id", "desc")
    .limit(limit);
  if (cursor !== undefined) query = query.where("event_id", "<", cursor);
  if (since !== undefined) query = query.where("at", ">=", new Date(since));
  if (until !== undefined) query = query.where("at", "<", new Date(until));
  if (event_type !== undefined) query = query.where("event_type", "=", event_type);
  if (actor_id !== undefined) query = query.where(sql<string>`actor ->> 'id'`, "=", actor_id);
  if (resource_id !== undefined) query = query.where(sql<string>`resource ->> 'id'`, "=", resource_id);
  if (success !== undefined) query = query.where(sql<string>`result ->> 'success'`, "=", success);
  return (await query.execute()).map(toEvent);
}

function toEvent(row: Selectable<AuditEventsTable>): AuditEvent {
  const { event_id, at, event_type, actor, resource, details, result, position, hash } = row;
  const seal = position === null || hash === null ? null : { position, hash: hash.toString("hex") };
  return { event_id, timestamp: at.toISOString(), event_type, actor, resource, details, result, seal };
}
