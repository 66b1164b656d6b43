import type { Breaker, Lock } from "@homeslice/protocol";
import { sql } from "kysely";
import { countStates } from "../breaker/repository.ts";
import type { Connection } from "../database/database.ts";
import { workCounts } from "../queue/repository.ts";

/** How much there is of what all tenants and orchestrators have together. */
export interface Counted {
  readonly queued: number;
  readonly held: number;
  readonly open: number;
  readonly oldest_wait_seconds: number | null;
  readonly breakers: readonly { state: Breaker["state"]; servers: number }[];
  readonly locks: readonly { lock_type: Lock["lock_type"]; locks: number }[];
}

export async function countAll(connection: Connection): Promise<Counted> {
  const { rows } = await sql<Pick<Counted, "queued" | "held" | "open" | "oldest_wait_seconds">>`
    select ${workCounts(sql`true`)}`.execute(connection);
  const { queued = 0, held = 0, open = 0, oldest_wait_seconds = null } = rows[0] ?? {};
  const locks = await connection
    .selectFrom("locks")
    .select(({ fn }) => ["lock_type", fn.countAll<number>().as("locks")])
    .where("status", "=", "active")
    .groupBy("lock_type")
    .execute();
  return { queued, held, open, oldest_wait_seconds, breakers: await countStates(connection), locks };
}
