import { type Kysely, sql } from "kysely";

/** Rules by which executions need approval, and what was said of them. */
export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of [...tables, ...policies]) await sql.raw(statement).execute(database);
}

const tenant = "tenant_id text not null default current_setting('homeslice.tenant') check (tenant_id <> '*')";

const tables = [
  `create table approval_rules (
    rule_id uuid primary key default uuidv7(),
    ${tenant},
    name text not null,
    definition jsonb not null,
    version integer not null default 1,
    created_at timestamptz not null default now(),
    created_by text not null,
    updated_at timestamptz not null default now(),
    unique (tenant_id, name)
  )`,
  // Null: it needs none. As long as it is pending, no target gets into the queue.
  "alter table executions add column approval text",
  `create table approvals (
    execution_id uuid primary key references executions on delete cascade,
    ${tenant},
    needed integer not null,
    rules text[] not null,
    expires_at timestamptz not null
  )`,
  `create table approval_votes (
    execution_id uuid not null references approvals on delete cascade,
    ${tenant},
    voter text not null,
    decision text not null,
    reason text not null,
    voted_at timestamptz not null default now(),
    primary key (execution_id, voter)
  )`,
  "create index executions_pending on executions (execution_id) where approval = 'pending'",
];

const policies = ["approval_rules", "approvals", "approval_votes"].flatMap((table) => [
  `alter table ${table} enable row level security, force row level security`,
  `create policy tenant on ${table} using ((select current_setting('homeslice.tenant', true)) in (tenant_id, '*'))`,
]);
