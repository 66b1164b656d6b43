import type { Kysely } from "kysely";
import { definitionColumns, keepTenantsApart, run, tenantColumn } from "../migrationParts.ts";

/** Workflows, their runs, and every beginning of a step of a run. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await run(database, [...tables, ...keepTenantsApart("workflows", "workflow_runs", "workflow_steps")]);
}

const tables = [
  `create table workflows (
    workflow_id uuid primary key default uuidv7(),
    ${definitionColumns}
  )`,
  // The workflow and its actions as they were when the run was started: they may be changed or deleted since.
  `create table workflow_runs (
    run_id uuid primary key default uuidv7(),
    ${tenantColumn},
    workflow_id uuid not null,
    workflow_name text not null,
    workflow_version integer not null,
    definition jsonb not null,
    actions jsonb not null,
    parameters jsonb not null,
    initiated_by text not null,
    state text not null,
    cancel_requested_at timestamptz,
    created_at timestamptz not null default now(),
    completed_at timestamptz,
    -- When it is to be looked at, whatever becomes of its steps. Null: when one of them ends.
    due_at timestamptz,
    -- What makes it safe to ask for the same run again.
    start_key text,
    request_hash bytea not null,
    unique (tenant_id, initiated_by, start_key)
  )`,
  "create index workflow_runs_open on workflow_runs (run_id) where completed_at is null",
  "create index workflow_runs_of_workflow on workflow_runs (workflow_id, run_id)",
  // The unique key is what makes each attempt of a step begin once, whoever sees that it may.
  `create table workflow_steps (
    step_id uuid primary key default uuidv7(),
    run_id uuid not null references workflow_runs on delete cascade,
    step text not null,
    attempt integer not null,
    type text not null,
    ${tenantColumn},
    state text not null,
    execution_id uuid,
    outputs jsonb not null default '{}',
    message text,
    decided_by text,
    reason text,
    started_at timestamptz,
    finished_at timestamptz,
    expires_at timestamptz,
    -- Whether a later resumption has begun the step again.
    superseded boolean not null default false,
    unique (run_id, step, attempt)
  )`,
  "create unique index workflow_steps_current on workflow_steps (run_id, step) where not superseded",
];
