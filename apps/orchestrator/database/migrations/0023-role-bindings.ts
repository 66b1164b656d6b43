import type { Kysely } from "kysely";
import { definitionColumns, keepTenantsApart, run } from "../migrationParts.ts";

/** Roles of groups of the identity provider, and what groups somebody had who logged in there. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await run(database, [
    `create table role_bindings (
      role_binding_id uuid primary key default uuidv7(),
      ${definitionColumns}
    )`,
    "create index role_bindings_name on role_bindings (name)",
    ...keepTenantsApart("role_bindings"),
    // Null: the session is of an account, or older than this, and keeps the role that it began with.
    "alter table sessions add column groups text[]",
  ]);
}
