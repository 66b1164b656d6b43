import type { Kysely } from "kysely";
import { definitionColumns, keepTenantsApart, run, tenantColumn } from "../migrationParts.ts";

/** Schedules, and what became of each of their times. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await run(database, [...tables, ...keepTenantsApart("schedules", "schedule_fires")]);
}

const tables = [
  `create table schedules (
    schedule_id uuid primary key default uuidv7(),
    ${definitionColumns},
    owner text not null,
    -- The time that comes next, and when that is begun: later by the jitter. Null when there is none.
    next_at timestamptz,
    due_at timestamptz
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
