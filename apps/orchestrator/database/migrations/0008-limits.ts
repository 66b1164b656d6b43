import { type Kysely, sql } from "kysely";

/** Limits of tenants, of all together, and of single servers. */
export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(database);
}

const statements = [
  `create table limits (
    -- A tenant, or * for all of them together.
    scope text primary key,
    max_running integer check (max_running > 0),
    max_queued integer check (max_queued > 0),
    version integer not null default 1,
    changed_by text not null,
    changed_at timestamptz not null default now()
  )`,
  "alter table limits enable row level security, force row level security",
  "create policy tenant on limits using ((select current_setting('homeslice.tenant', true)) in (scope, '*'))",
  `alter table servers
    -- What people allow at once, beyond what the agent itself says that it takes.
    add column job_limit integer check (job_limit > 0),
    add column timeout_default integer check (timeout_default > 0)`,
];
