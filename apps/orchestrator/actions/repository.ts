import type { NewAction } from "@homeslice/protocol";
import { type Selectable, sql } from "kysely";
import type { Connection } from "../database/database.ts";
import type { ActionsTable } from "../database/tables.ts";
import { ofTenant } from "../database/tenancy.ts";

export interface ActionListing {
  readonly category?: NewAction["category"] | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Action templates, newest first, that come after the cursor. */
export async function listActions(
  connection: Connection,
  { category, limit, cursor }: ActionListing,
): Promise<Selectable<ActionsTable>[]> {
  let query = connection
    .selectFrom("actions")
    .selectAll()
    .where(ofTenant)
    .where("deleted_at", "is", null)
    .orderBy("action_id", "desc")
    .limit(limit);
  if (cursor !== undefined) query = query.where("action_id", "<", cursor);
  if (category !== undefined) query = query.where(sql<string>`definition ->> 'category'`, "=", category);
  return await query.execute();
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
