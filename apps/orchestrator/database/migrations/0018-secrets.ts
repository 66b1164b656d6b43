import type { Kysely } from "kysely";
import { definitionColumns, keepTenantsApart, run } from "../migrationParts.ts";

/** Secrets that actions may ask for: where each is, sealed. */
export async function up(database: Kysely<unknown>): Promise<void> {
  const table = `create table secrets (
    secret_id uuid primary key default uuidv7(),
    sealed bytea not null,
    ${definitionColumns}
  )`;
  await run(database, [table, ...keepTenantsApart("secrets")]);
}
