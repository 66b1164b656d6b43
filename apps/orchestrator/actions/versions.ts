import { type ActionVersion, NewAction, type RequestOf } from "@homeslice/protocol";
import type { Selectable } from "kysely";
import type { ActionVersionsTable } from "../database/actionTables.ts";
import type { Connection } from "../database/database.ts";
import { type ListOrder, Page } from "../database/keyset.ts";

const order: ListOrder<"version"> = { id: { column: "version", type: "bigint" }, keys: { version: undefined } };

/** A page of the versions of an action, and the cursor of the next one. */
export async function listVersions(
  connection: Connection,
  actionId: string,
  listing: RequestOf<"listActionVersions">["query"],
): Promise<{ items: ActionVersion[]; next_cursor: string | null }> {
  const page = new Page(order, listing);
  const { rows, next_cursor } = page.of(
    await connection
      .selectFrom("action_versions")
      .selectAll()
      .select(page.place)
      .where("action_id", "=", actionId)
      .where(page.follows)
      .orderBy(page.orderBy)
      .limit(page.limit)
      .execute(),
  );
  return { items: rows.map(toVersion), next_cursor };
}

/** One version of an action; undefined when there is none, or it is not kept. */
export async function findVersion(
  connection: Connection,
  actionId: string,
  version: number,
): Promise<ActionVersion | undefined> {
  const row = await connection
    .selectFrom("action_versions")
    .selectAll()
    .where("action_id", "=", actionId)
    .where("version", "=", version)
    .executeTakeFirst();
  return row && toVersion(row);
}

function toVersion(row: Selectable<ActionVersionsTable>): ActionVersion {
  const { action_id, version, changed_at, changed_by, restored_from } = row;
  const definition = NewAction.parse(row.definition);
  return { action_id, version, definition, changed_at: changed_at.toISOString(), changed_by, restored_from };
}
