import type { DriftCheck, NewDriftCheck, RequestOf, ResponseOf } from "@homeslice/protocol";
import { type Selectable, sql } from "kysely";
import type { Connection } from "../database/database.ts";
import type { DriftChecksTable } from "../database/driftTables.ts";
import { type ListOrder, Page } from "../database/keyset.ts";

const order: ListOrder<"created"> = { id: { column: "drift_check_id", type: "uuid" }, keys: { created: undefined } };

export async function insertCheck(
  connection: Connection,
  { resources, ...found }: NewDriftCheck,
  checkedBy: string,
): Promise<DriftCheck> {
  const row = await connection
    .insertInto("drift_checks")
    .values({ ...found, resources: JSON.stringify(resources), checked_by: checkedBy })
    .returningAll()
    .executeTakeFirstOrThrow();
  return toCheck(row);
}

/** Deletes all looks at a stack but the newest. */
export async function deleteOlder(connection: Connection, stack: string, kept: number): Promise<void> {
  const oldest = sql<string>`(select drift_check_id from drift_checks where stack = ${stack}
    order by drift_check_id desc offset ${kept} limit 1)`;
  await connection
    .deleteFrom("drift_checks")
    .where("stack", "=", stack)
    .where("drift_check_id", "<=", oldest)
    .execute();
}

/** A page of what was found, and the cursor of the next one. */
export async function listChecks(
  connection: Connection,
  { stack, newest, ...listing }: RequestOf<"listDriftChecks">["query"],
): Promise<ResponseOf<"listDriftChecks">> {
  const page = new Page(order, listing);
  let query = connection.selectFrom("drift_checks as c").selectAll().select(page.place).where(page.follows);
  if (stack !== undefined) query = query.where("stack", "=", stack);
  if (newest === "true") {
    query = query.where(
      sql<boolean>`not exists (select from drift_checks n
        where n.stack = c.stack and n.tenant_id = c.tenant_id and n.drift_check_id > c.drift_check_id)`,
    );
  }
  const { rows, next_cursor } = page.of(await query.orderBy(page.orderBy).limit(page.limit).execute());
  return { items: rows.map(toCheck), next_cursor };
}

function toCheck(row: Selectable<DriftChecksTable>): DriftCheck {
  const { drift_check_id, stack, resources, checked, complete, seconds, checked_at, checked_by } = row;
  return {
    drift_check_id,
    stack,
    resources,
    checked,
    complete,
    seconds,
    checked_at: checked_at.toISOString(),
    checked_by,
  };
}
