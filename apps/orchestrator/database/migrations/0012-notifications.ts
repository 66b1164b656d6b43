import { type Kysely, sql } from "kysely";

/** Channels of notifications, the rules by which they are told, and what became of it. */
export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of [...tables, ...policies]) await sql.raw(statement).execute(database);
}

const tenant = "tenant_id text not null default current_setting('homeslice.tenant') check (tenant_id <> '*')";

const definition = `${tenant},
    name text not null,
    definition jsonb not null,
    version integer not null default 1,
    created_at timestamptz not null default now(),
    created_by text not null,
    updated_at timestamptz not null default now(),
    unique (tenant_id, name)`;

const tables = [
  `create table notification_channels (
    channel_id uuid primary key default uuidv7(),
    sealed bytea not null,
    ${definition}
  )`,
  `create table notification_rules (
    rule_id uuid primary key default uuidv7(),
    ${definition}
  )`,
  `create table notification_deliveries (
    delivery_id uuid primary key default uuidv7(),
    ${tenant},
    channel_id uuid not null references notification_channels on delete cascade,
    rule_id uuid not null references notification_rules on delete cascade,
    event text not null,
    severity text not null,
    -- What is known of the event, by the names that texts use.
    fields jsonb not null,
    created_at timestamptz not null default now(),
    status text not null default 'pending',
    attempts integer not null default 0,
    next_attempt_at timestamptz default now(),
    last_error text
  )`,
  "create index notification_deliveries_due on notification_deliveries (next_attempt_at) where status = 'pending'",
];

const policies = ["notification_channels", "notification_rules", "notification_deliveries"].flatMap((table) => [
  `alter table ${table} enable row level security, force row level security`,
  `create policy tenant on ${table} using ((select current_setting('homeslice.tenant', true)) in (tenant_id, '*'))`,
]);
