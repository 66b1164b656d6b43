import type { AuditEvent, AuditEventType, AuditFilter, RequestOf, ResponseOf } from "@homeslice/protocol";
import { type CompiledQuery, type Insertable, type Selectable, sql } from "kysely";
import type { Connection } from "../database/database.ts";
import { type ListOrder, Page } from "../database/keyset.ts";
import { statement } from "../database/statement.ts";
import type { AuditEventsTable } from "../database/tables.ts";
import { ofTenant } from "../database/tenancy.ts";

export type NewAuditEvent = Pick<AuditEvent, "event_type" | "actor" | "resource" | "details" | "result">;

/** Adds an entry. In a transaction, it stands or falls with the change that it tells of. */
export function insertEvent(
  connection: Connection,
  { event_type, actor, resource, details, result }: NewAuditEvent,
): CompiledQuery<unknown> {
  return insertParts(connection, {
    event_type,
    actor: JSON.stringify(actor),
    resource: JSON.stringify(resource),
    details: JSON.stringify(details),
    result: JSON.stringify(result),
  });
}

type Parts = Pick<Insertable<AuditEventsTable>, "event_type" | "actor" | "resource" | "details" | "result">;

const insertParts = statement<Parts, unknown>((connection, place) =>
  connection
    .insertInto("audit_events")
    .values({
      event_type: place("event_type"),
      actor: place("actor"),
      resource: place("resource"),
      details: place("details"),
      result: place("result"),
    })
    .compile(),
);

const order: ListOrder<"created"> = {
  id: { column: "event_id", type: "bigint" },
  keys: { created: undefined },
};

/** A page of entries, and the cursor of the next one. */
export async function listEvents(
  connection: Connection,
  listing: RequestOf<"listAudit">["query"] & EventFilter,
): Promise<ResponseOf<"listAudit">> {
  const page = new Page(order, listing);
  const query = filterEvents(connection, listing).select(page.place).where(page.follows);
  const { rows, next_cursor } = page.of(await query.orderBy(page.orderBy).limit(page.limit).execute());
  return { items: rows.map(toEvent), next_cursor };
}

/** Entries read at once. */
const BATCH = 1_000;

/** Which entries are read: those of some types, besides what people may ask for. */
type EventFilter = AuditFilter & { readonly event_types?: readonly AuditEventType[] };

/** The entries that a filter lets through, newest first, some at a time: however many there are, few are held at once. */
export async function* readEvents(connection: Connection, filter: EventFilter): AsyncGenerator<AuditEvent[]> {
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const page: ResponseOf<"listAudit"> = await listEvents(connection, {
      ...filter,
      sort: "-created",
      limit: BATCH,
      cursor,
    });
    yield page.items;
    cursor = page.next_cursor;
  }
}

function filterEvents(connection: Connection, filter: EventFilter) {
  const {
    event_types,
    event_type,
    actor_id,
    actor_type,
    ip_address,
    resource_type,
    resource_id,
    success,
    since,
    until,
  } = filter;
  let query = connection.selectFrom("audit_events").selectAll().where(ofTenant);
  if (since !== undefined) query = query.where("at", ">=", new Date(since));
  if (until !== undefined) query = query.where("at", "<", new Date(until));
  if (event_types !== undefined) query = query.where("event_type", "in", event_types);
  if (event_type !== undefined) query = query.where("event_type", "=", event_type);
  if (actor_id !== undefined) query = query.where(sql<string>`actor ->> 'id'`, "=", actor_id);
  if (actor_type !== undefined) query = query.where(sql<string>`actor ->> 'type'`, "=", actor_type);
  if (ip_address !== undefined) query = query.where(sql<string>`actor ->> 'ip_address'`, "=", ip_address);
  if (resource_type !== undefined) query = query.where(sql<string>`resource ->> 'type'`, "=", resource_type);
  if (resource_id !== undefined) query = query.where(sql<string>`resource ->> 'id'`, "=", resource_id);
  if (success !== undefined) query = query.where(sql<string>`result ->> 'success'`, "=", success);
  return query;
}

function toEvent(row: Selectable<AuditEventsTable>): AuditEvent {
  const { event_id, at, event_type, actor, resource, details, result, position, hash } = row;
  const seal = position === null || hash === null ? null : { position, hash: hash.toString("hex") };
  const told = { affected_count: null, ...result };
  return { event_id, timestamp: at.toISOString(), event_type, actor, resource, details, result: told, seal };
}
