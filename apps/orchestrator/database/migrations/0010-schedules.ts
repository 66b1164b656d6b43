import type { Kysely } from "kysely";
import { keepTenantsApart, run, tenantColumn } from "../migrationParts.ts";

/** Schedules, and what became of each of their times. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await run(database, [...tables, ...keepTenantsApart("schedules", "schedule_fires")]);
}

const tables = [
  `create table schedules (
    schedule_id uuid primary key default uuidv7(),
    ${tenantColumn},
    name text not null,
    definition jsonb not null,
    version integer not null default 1,
    created_at timestamptz not null default now(),
    created_by text not null,
    updated_at timestamptz not null default now(),
    owner text not null,
    -- The time that comes next, and when that is begun: later by the jitter. Null when there is none.
    next_at timestamptz,
    due_at timestamptz,
    unique (tenant_id, name)
  )`,
  "create index schedules_due on schedules (due_at) where due_at is not null",
  // The primary key is what makes a time fire once, whoever sees it.
  `create table schedule_fires (
    schedule_id uuid not null references schedules on delete cascade,
    scheduled_at timestamptz not null,
    ${tenantColumn},
    fired_at timestamptz not null,
    outcome text not null,
    execution_id uuid,
    message text,
    primary key (schedule_id, scheduled_at)
  )`,
];
