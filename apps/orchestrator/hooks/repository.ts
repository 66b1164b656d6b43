import type { HookCall, RequestOf } from "@homeslice/protocol";
import { type Selectable, sql } from "kysely";
import type { Connection } from "../database/database.ts";
import type { HookCallsTable, HooksTable } from "../database/hookTables.ts";
import { type ListOrder, Page } from "../database/keyset.ts";

export type HookRow = Selectable<HooksTable>;

export async function findHook(connection: Connection, hookId: string): Promise<HookRow | undefined> {
  return await connection.selectFrom("hooks").selectAll().where("hook_id", "=", hookId).executeTakeFirst();
}

/** Holds a hook until the transaction ends, so that its calls are counted one after the other. */
export async function holdHook(transaction: Connection, hookId: string): Promise<void> {
  await transaction.selectFrom("hooks").select("hook_id").where("hook_id", "=", hookId).forUpdate().execute();
}

/** What a hook started lately. */
export async function countStarts(
  transaction: Connection,
  hookId: string,
  fingerprint: string,
  coolDownSeconds: number,
): Promise<{ hour: number; cooling: number }> {
  const { rows } = await sql<{ hour: number; cooling: number }>`
    select count(*) filter (where at > now() - interval '1 hour') as hour,
      count(*) filter (where fingerprint = ${fingerprint}
        and at > now() - ${coolDownSeconds} * interval '1 second') as cooling
    from hook_calls
    where hook_id = ${hookId} and outcome = 'started'
      and at > now() - greatest(3600, ${coolDownSeconds}) * interval '1 second'`.execute(transaction);
  return rows[0] ?? { hour: 0, cooling: 0 };
}

export type NewCall = Pick<HookCall, "fingerprint" | "labels" | "outcome" | "reason" | "execution_id" | "run_id">;

export async function insertCall(transaction: Connection, hookId: string, call: NewCall): Promise<void> {
  await transaction
    .insertInto("hook_calls")
    .values({ hook_id: hookId, ...call, labels: JSON.stringify(call.labels) })
    .execute();
}

const order: ListOrder<"created"> = { id: { column: "call_id", type: "uuid" }, keys: { created: undefined } };

/** A page of what became of the calls of a hook, and the cursor of the next one. */
export async function listCalls(
  connection: Connection,
  hookId: string,
  listing: RequestOf<"listHookCalls">["query"],
): Promise<{ items: HookCall[]; next_cursor: string | null }> {
  const page = new Page(order, listing);
  let query = connection
    .selectFrom("hook_calls")
    .selectAll()
    .select(page.place)
    .where("hook_id", "=", hookId)
    .where(page.follows);
  if (listing.outcome !== undefined) query = query.where("outcome", "=", listing.outcome);
  const { rows, next_cursor } = page.of(await query.orderBy(page.orderBy).limit(page.limit).execute());
  return { items: rows.map(toCall), next_cursor };
}

function toCall(row: Selectable<HookCallsTable>): HookCall {
  const { call_id, at, fingerprint, labels, outcome, reason, execution_id, run_id } = row;
  return { call_id, at: at.toISOString(), fingerprint, labels, outcome, reason, execution_id, run_id };
}
