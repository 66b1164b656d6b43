import type { Kysely } from "kysely";
import { keepTenantsApart, run, tenantColumn } from "../migrationParts.ts";

/**
 * When something last succeeded on each server, apart from the servers: heartbeats and links hold those rows, and whoever
 * ends work would wait for them. The column stays for what was noted before, and by a version before.
 */
export async function up(database: Kysely<unknown>): Promise<void> {
  await run(database, [
    `create table last_successes (
      server_id uuid primary key references servers,
      ${tenantColumn},
      succeeded_at timestamptz not null
    ) with (fillfactor = 50)`,
    ...keepTenantsApart("last_successes"),
  ]);
}
