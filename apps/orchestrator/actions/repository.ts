import type { NewAction, RequestOf } from "@homeslice/protocol";
import { type Selectable, sql } from "kysely";
import type { Connection } from "../database/database.ts";
import { cursorAfter, directionOf, placeOf } from "../database/keyset.ts";
import type { ActionsTable } from "../database/tables.ts";
import { ofTenant } from "../database/tenancy.ts";

/** A page of action templates, and the cursor of the next one. */
export async function listActions(
  connection: Connection,
  { category, action_type, sort, limit, cursor }: RequestOf<"listActions">["query"],
): Promise<{ rows: Selectable<ActionsTable>[]; next_cursor: string | null }> {
  const { order, after } = directionOf(sort);
  const byName = sort.endsWith("name");
  const place = placeOf(cursor, sort, byName);
  let query = connection
    .selectFrom("actions")
    .selectAll()
    .where(ofTenant)
    .where("deleted_at", "is", null)
    .limit(limit + 1);
  if (byName) query = query.orderBy("name", order);
  query = query.orderBy("action_id", order);
  if (place !== undefined) {
    query = byName
      ? query.where(({ eb, refTuple, tuple }) =>
          eb(refTuple("name", "action_id"), after, tuple(place.text ?? "", place.id)),
        )
      : query.where("action_id", after, place.id);
  }
  if (category !== undefined) query = query.where(sql<string>`definition ->> 'category'`, "=", category);
  if (action_type !== undefined) query = query.where(sql<string>`definition ->> 'action_type'`, "=", action_type);
  const found = await query.execute();
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  if (found.length <= limit || last === undefined) return { rows, next_cursor: null };
  return { rows, next_cursor: cursorAfter(sort, { text: byName ? last.name : null, id: last.action_id }) };
}

export async function findAction(
  connection: Connection,
  actionId: string,
): Promise<Selectable<ActionsTable> | undefined> {
  return await connection
    .selectFrom("actions")
    .selectAll()
    .where("action_id", "=", actionId)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
}

export async function insertAction(
  connection: Connection,
  action: NewAction,
  createdBy: string,
): Promise<Selectable<ActionsTable>> {
  return await connection
    .insertInto("actions")
    .values({ name: action.name, definition: JSON.stringify(action), created_by: createdBy })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/**
 * Replaces the definition of an action, as its next version.
 * @param version the version that it must have; undefined takes any
 * @returns the new row, undefined when there is no such action in that version
 */
export async function updateAction(
  connection: Connection,
  actionId: string,
  action: NewAction,
  version: number | undefined,
): Promise<Selectable<ActionsTable> | undefined> {
  let query = connection
    .updateTable("actions")
    .set(({ eb }) => ({
      name: action.name,
      definition: JSON.stringify(action),
      version: eb("version", "+", 1),
      updated_at: sql`now()`,
    }))
    .where("action_id", "=", actionId)
    .where("deleted_at", "is", null);
  if (version !== undefined) query = query.where("version", "=", version);
  return await query.returningAll().executeTakeFirst();
}

/** @returns whether there was such an action */
export async function deleteAction(connection: Connection, actionId: string): Promise<boolean> {
  const deleted = await connection
    .updateTable("actions")
    .set({ deleted_at: sql`now()` })
    .where("action_id", "=", actionId)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  return deleted.numUpdatedRows > 0n;
}

export async function countUse(connection: Connection, actionId: string): Promise<void> {
  await connection
    .updateTable("actions")
    .set(({ eb }) => ({ usage_count: eb("usage_count", "+", 1) }))
    .where("action_id", "=", actionId)
    .execute();
}
