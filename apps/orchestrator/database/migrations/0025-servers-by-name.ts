import type { Kysely } from "kysely";
import { run } from "../migrationParts.ts";

/** The first of many servers, by their names, are there without a look at all of them. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await run(database, [
    "create index servers_by_name on servers (tenant_id, hostname, server_id) where deleted_at is null",
  ]);
}
