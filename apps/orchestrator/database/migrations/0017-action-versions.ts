import type { Kysely } from "kysely";
import { keepTenantsApart, run, tenantColumn } from "../migrationParts.ts";

/** Every version that an action template has had, and which of them an execution ran. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await run(database, [...tables, ...keepTenantsApart("action_versions")]);
}

const tables = [
  `create table action_versions (
    action_id uuid not null references actions on delete cascade,
    version integer not null,
    ${tenantColumn},
    definition jsonb not null,
    changed_at timestamptz not null default now(),
    changed_by text not null,
    restored_from integer,
    primary key (action_id, version)
  )`,
  // Of what was changed before this, the newest version alone is known, and not who changed it.
  `insert into action_versions (action_id, version, tenant_id, definition, changed_at, changed_by)
    select action_id, version, tenant_id, definition, updated_at, case version when 1 then created_by else '' end
    from actions`,
  "alter table executions add column action_version integer",
];
