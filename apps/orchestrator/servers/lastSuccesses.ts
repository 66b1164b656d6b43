import { sql } from "kysely";
import type { Connection } from "../database/database.ts";

/** Notes that something has just succeeded on servers. */
export async function noteLastSuccesses(transaction: Connection, serverIds: readonly string[]): Promise<void> {
  if (serverIds.length === 0) return;
  await sql`
    insert into last_successes (server_id, tenant_id, succeeded_at)
    select server_id, tenant_id, now() from servers where server_id = any(${serverIds}::uuid[]) order by server_id
    on conflict (server_id) do update set succeeded_at = excluded.succeeded_at`.execute(transaction);
}

/** When something last succeeded on a server of `servers`. */
export const lastSuccess = sql<Date | null>`greatest(servers.last_successful_execution,
  (select noted.succeeded_at from last_successes noted where noted.server_id = servers.server_id))`;
