import { type Kysely, sql } from "kysely";

/** Alerts and other programs that start an action, and what became of each of their calls. */
export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of [...tables, ...policies]) await sql.raw(statement).execute(database);
}

const tenant = "tenant_id text not null default current_setting('homeslice.tenant') check (tenant_id <> '*')";

const tables = [
  `create table hooks (
    hook_id uuid primary key default uuidv7(),
    ${tenant},
    sealed bytea not null,
    name text not null,
    definition jsonb not null,
    version integer not null default 1,
    created_at timestamptz not null default now(),
    created_by text not null,
    updated_at timestamptz not null default now(),
    unique (tenant_id, name)
  )`,
  `create table hook_calls (
    call_id uuid primary key default uuidv7(),
    hook_id uuid not null references hooks on delete cascade,
    ${tenant},
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

const policies = ["hooks", "hook_calls"].flatMap((table) => [
  `alter table ${table} enable row level security, force row level security`,
  `create policy tenant on ${table} using ((select current_setting('homeslice.tenant', true)) in (tenant_id, '*'))`,
]);
