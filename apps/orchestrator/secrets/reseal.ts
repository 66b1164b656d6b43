import { sql } from "kysely";
import type { Database } from "../database/database.ts";
import type { Sealing } from "../sealing.ts";

/** Every table with something sealed, and its key. */
const sealedTables = [
  { table: "notification_channels", id: "channel_id" },
  { table: "hooks", id: "hook_id" },
  { table: "secrets", id: "secret_id" },
  { table: "push_subscriptions", id: "subscription_id" },
] as const;

/**
 * Seals what an older key has sealed with the first one. What somebody changes meanwhile is left to them.
 * @returns how many were sealed anew @throws SealBroken when no key opens one of them
 */
export async function resealAll(database: Database, sealing: Sealing): Promise<number> {
  let count = 0;
  for (const { table, id } of sealedTables) {
    const { rows } = await sql<{ id: string; sealed: Buffer }>`
      select ${sql.ref(id)} as id, sealed from ${sql.table(table)}`.execute(database);
    for (const { id: rowId, sealed } of rows.filter((row) => !sealing.isCurrent(row.sealed))) {
      const { numAffectedRows = 0n } = await sql`
        update ${sql.table(table)} set sealed = ${sealing.seal(sealing.unseal(sealed))}
        where ${sql.ref(id)} = ${rowId} and sealed = ${sealed}`.execute(database);
      count += Number(numAffectedRows);
    }
  }
  return count;
}
