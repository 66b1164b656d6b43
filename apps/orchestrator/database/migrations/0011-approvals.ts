import type { Kysely } from "kysely";
import { definitionColumns, keepTenantsApart, run, tenantColumn } from "../migrationParts.ts";

/** Rules by which executions need approval, and what was said of them. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await run(database, [...tables, ...keepTenantsApart("approval_rules", "approvals", "approval_votes")]);
}

const tables = [
  `create table approval_rules (
    rule_id uuid primary key default uuidv7(),
    ${definitionColumns}
  )`,
  // Null: it needs none. As long as it is pending, no target gets into the queue.
  "alter table executions add column approval text",
  `create table approvals (
    execution_id uuid primary key references executions on delete cascade,
    ${tenantColumn},
    needed integer not null,
    rules text[] not null,
    expires_at timestamptz not null
  )`,
  `create table approval_votes (
    execution_id uuid not null references approvals on delete cascade,
    ${tenantColumn},
    voter text not null,
    decision text not null,
    reason text not null,
    voted_at timestamptz not null default now(),
    primary key (execution_id, voter)
  )`,
  "create index executions_pending on executions (execution_id) where approval = 'pending'",
];
