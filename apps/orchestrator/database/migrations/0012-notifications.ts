import type { Kysely } from "kysely";
import { definitionColumns, keepTenantsApart, run, tenantColumn } from "../migrationParts.ts";

/** Channels of notifications, the rules by which they are told, and what became of it. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await run(database, [
    ...tables,
    ...keepTenantsApart("notification_channels", "notification_rules", "notification_deliveries"),
  ]);
}

const tables = [
  `create table notification_channels (
    channel_id uuid primary key default uuidv7(),
    sealed bytea not null,
    ${definitionColumns}
  )`,
  `create table notification_rules (
    rule_id uuid primary key default uuidv7(),
    ${definitionColumns}
  )`,
  `create table notification_deliveries (
    delivery_id uuid primary key default uuidv7(),
    ${tenantColumn},
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
