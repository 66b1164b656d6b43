import type { Kysely } from "kysely";
import { definitionColumns, keepTenantsApart, run, tenantColumn } from "../migrationParts.ts";

/** Alerts and other programs that start an action, and what became of each of their calls. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await run(database, [...tables, ...keepTenantsApart("hooks", "hook_calls")]);
}

const tables = [
  `create table hooks (
    hook_id uuid primary key default uuidv7(),
    sealed bytea not null,
    ${definitionColumns}
  )`,
  `create table hook_calls (
    call_id uuid primary key default uuidv7(),
    hook_id uuid not null references hooks on delete cascade,
    ${tenantColumn},
    at timestamptz not null default now(),
    fingerprint text not null,
    labels jsonb not null,
    outcome text not null,
    reason text,
    execution_id uuid
  )`,
  // What was started lately: by which rate and cool-down are held.
  "create index hook_calls_started on hook_calls (hook_id, at) where outcome = 'started'",
  "create index hook_calls_of_hook on hook_calls (hook_id, call_id)",
];
