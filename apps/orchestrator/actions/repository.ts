import type { NewAction } from "@homeslice/protocol";
import { type Selectable, sql } from "kysely";
import type { Connection } from "../database/database.ts";
import type { ActionsTable } from "../database/tables.ts";

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
  let query = connection.selectFrom("actions").selectAll().orderBy("action_id", "desc").limit(limit);
  if (cursor !== undefined) query = query.where("action_id", "<", cursor);
  if (category !== undefined) query = query.where(sql<string>`definition ->> 'category'`, "=", category);
  return await query.execute();
}

export async function findAction(
  connection: Connection,
  actionId: string,
): Promise<Selectable<ActionsTable> | undefined> {
  return await connection.selectFrom("actions").selectAll().where("action_id", "=", actionId).executeTakeFirst();
}

/** @returns the new row, undefined when the name is taken */
export async function insertAction(
  connection: Connection,
  action: NewAction,
  createdBy: string,
): Promise<Selectable<ActionsTable> | undefined> {
  return await connection
    .insertInto("actions")
    .values({ name: action.name, definition: JSON.stringify(action), created_by: createdBy })
    .onConflict((conflict) => conflict.column("name").doNothing())
    .returningAll()
    .executeTakeFirst();
}

export async function countUse(connection: Connection, actionId: string): Promise<void> {
  await connection
    .updateTable("actions")
    .set(({ eb }) => ({ usage_count: eb("usage_count", "+", 1) }))
    .where("action_id", "=", actionId)
    .execute();
}
