import type { Kysely } from "kysely";
import { definitionColumns, keepTenantsApart, run, tenantColumn } from "../migrationParts.ts";

/** Schedules of reports, and the reports that they made. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await run(database, [...tables, ...keepTenantsApart("report_schedules", "reports", "report_parts")]);
}

const tables = [
  `create table report_schedules (
    report_schedule_id uuid primary key default uuidv7(),
    ${definitionColumns},
    -- The version for which the next time was computed; another one than the newest: it has to be computed anew.
    planned_version integer not null default 0,
    -- Until when its reports reach, and until when the next one does.
    covered_until timestamptz,
    next_at timestamptz
  )`,
  "create index report_schedules_due on report_schedules (next_at) where next_at is not null",
  `create table reports (
    report_id uuid primary key default uuidv7(),
    ${tenantColumn},
    report_schedule_id uuid references report_schedules on delete set null,
    name text not null,
    kind text not null,
    format text not null,
    since timestamptz not null,
    until timestamptz not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    size_bytes bigint not null default 0,
    sha256 bytea not null default '',
    -- What makes a report of one time be made once, whoever makes it.
    unique (report_schedule_id, until, format)
  )`,
  "create index reports_expired on reports (expires_at)",
  `create table report_parts (
    report_id uuid not null references reports on delete cascade,
    part integer not null,
    ${tenantColumn},
    content bytea not null,
    primary key (report_id, part)
  )`,
];
