import type { NewAction, RequestOf } from "@homeslice/protocol";
import { type CompiledQuery, type Selectable, sql } from "kysely";
import type { ActionsTable } from "../database/actionTables.ts";
import type { Connection } from "../database/database.ts";
import { type ListOrder, Page, textKey, timeKey } from "../database/keyset.ts";
import { ofTenant } from "../database/tenancy.ts";

const order: ListOrder<"created" | "updated" | "name" | "usage"> = {
  id: { column: "action_id", type: "uuid" },
  keys: {
    created: undefined,
    updated: timeKey("updated_at"),
    name: textKey("name"),
    usage: { value: sql.ref("usage_count"), type: "bigint" },
  },
};

/** A page of action templates, and the cursor of the next one. */
export async function listActions(
  connection: Connection,
  listing: RequestOf<"listActions">["query"],
): Promise<{ rows: Selectable<ActionsTable>[]; next_cursor: string | null }> {
  const { category, action_type, operation, tag, server_tag, search } = listing;
  const page = new Page(order, listing);
  let query = connection
    .selectFrom("actions")
    .selectAll()
    .select(page.place)
    .where(ofTenant)
    .where("deleted_at", "is", null)
    .where(page.follows);
  if (category !== undefined) query = query.where(sql<string>`definition ->> 'category'`, "=", category);
  if (action_type !== undefined) query = query.where(sql<string>`definition ->> 'action_type'`, "=", action_type);
  if (operation !== undefined) query = query.where(sql<string>`definition -> 'operation' ->> 'type'`, "=", operation);
  if (tag !== undefined) query = query.where(sql<boolean>`definition -> 'tags' ? ${tag}`);
  if (server_tag !== undefined) {
    query = query.where(sql<boolean>`definition -> 'applicable_server_tags' ? ${server_tag}`);
  }
  if (search !== undefined) {
    query = query.where(
      sql<boolean>`position(lower(${search}) in lower(name || ' ' || (definition ->> 'description'))) > 0`,
    );
  }
  return page.of(await query.orderBy(page.orderBy).limit(page.limit).execute());
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

export async function hasActionNamed(connection: Connection, name: string): Promise<boolean> {
  const row = await connection
    .selectFrom("actions")
    .select("action_id")
    .where(ofTenant)
    .where("name", "=", name)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  return row !== undefined;
}

export async function insertAction(
  connection: Connection,
  action: NewAction,
  createdBy: string,
): Promise<Selectable<ActionsTable>> {
  const row = await connection
    .insertInto("actions")
    .values({ name: action.name, definition: JSON.stringify(action), created_by: createdBy })
    .returningAll()
    .executeTakeFirstOrThrow();
  await keepVersion(connection, row, { by: createdBy });
  return row;
}

/** Who changes an action, and how. */
export interface Change {
  readonly by: string;
  /** The version that it must have. Default: any. */
  readonly version?: number | undefined;
  /** The version whose definition it takes up again. */
  readonly restores?: number;
}

/**
 * Replaces the definition of an action, as its next version. Those before it are kept.
 * @returns the new row, undefined when there is no such action in that version
 */
export async function updateAction(
  connection: Connection,
  actionId: string,
  action: NewAction,
  change: Change,
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
  if (change.version !== undefined) query = query.where("version", "=", change.version);
  const row = await query.returningAll().executeTakeFirst();
  if (row !== undefined) await keepVersion(connection, row, change);
  return row;
}

/**
 * @param version the version that it must have; undefined takes any
 * @returns whether there was such an action in that version
 */
export async function deleteAction(
  connection: Connection,
  actionId: string,
  version: number | undefined,
): Promise<boolean> {
  let query = connection
    .updateTable("actions")
    .set({ deleted_at: sql`now()` })
    .where("action_id", "=", actionId)
    .where("deleted_at", "is", null);
  if (version !== undefined) query = query.where("version", "=", version);
  return (await query.executeTakeFirst()).numUpdatedRows > 0n;
}

export function countUse(connection: Connection, actionId: string): CompiledQuery<unknown> {
  return connection
    .updateTable("actions")
    .set(({ eb }) => ({ usage_count: eb("usage_count", "+", 1) }))
    .where("action_id", "=", actionId)
    .compile();
}

async function keepVersion(
  connection: Connection,
  { action_id, version, definition }: Selectable<ActionsTable>,
  { by, restores }: Change,
): Promise<void> {
  await connection
    .insertInto("action_versions")
    .values({
      action_id,
      version,
      definition: JSON.stringify(definition),
      changed_by: by,
      restored_from: restores ?? null,
    })
    .execute();
}
