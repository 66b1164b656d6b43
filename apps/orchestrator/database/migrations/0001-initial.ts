import { type Kysely, sql } from "kysely";

/** Servers, action templates, executions with their targets, and output. */
export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(database);
}

const statements = [
  `create table servers (
    server_id uuid primary key default uuidv7(),
    hostname text not null,
    ip_address text,
    environment text not null,
    server_group text,
    tags text[] not null default '{}',
    capabilities text[] not null default '{}',
    agent_version text,
    os_info text,
    max_concurrent_jobs integer,
    public_key text unique,
    key_rotated_at timestamptz,
    host_status jsonb,
    last_heartbeat timestamptz,
    -- The link over which the agent is connected, and the orchestrator that holds it, until it is renewed or expires.
    session_id uuid,
    orchestrator_id uuid,
    session_expires_at timestamptz,
    last_successful_execution timestamptz,
    created_at timestamptz not null default now(),
    created_by text not null,
    version integer not null default 1,
    updated_at timestamptz not null default now(),
    -- A deleted server stays as a tombstone, so that its identity is never used again.
    deleted_at timestamptz
  )`,
  "create index servers_by_session on servers (orchestrator_id) where session_id is not null",
  `create table enrolment_tokens (
    token_hash bytea primary key,
    server_id uuid not null references servers,
    expires_at timestamptz not null,
    used_at timestamptz
  )`,
  `create table actions (
    action_id uuid primary key default uuidv7(),
    name text not null,
    definition jsonb not null,
    version integer not null default 1,
    usage_count integer not null default 0,
    created_at timestamptz not null default now(),
    created_by text not null,
    updated_at timestamptz not null default now(),
    -- A deleted action stays, for the executions that were started from it.
    deleted_at timestamptz
  )`,
  "create unique index actions_by_name on actions (name) where deleted_at is null",
  `create table executions (
    execution_id uuid primary key default uuidv7(),
    initiated_by text not null,
    action_id uuid references actions,
    operation jsonb not null,
    parameters jsonb not null,
    timeout_seconds integer not null,
    success_exit_code integer not null,
    created_at timestamptz not null default now()
  )`,
  `create table execution_targets (
    execution_id uuid not null references executions on delete cascade,
    server_id uuid not null references servers,
    state text not null default 'queued' check (state in ('queued', 'dispatched', 'acknowledged', 'running',
      'unreachable', 'succeeded', 'failed', 'timed_out', 'cancelled', 'lost')),
    state_since timestamptz not null default now(),
    -- Grows with each attempt; what carries a lower one is stale.
    fence integer not null default 0,
    -- Whether the agent has ever said that it holds this attempt: without that it can safely be sent again.
    acknowledged boolean not null default false,
    cancel_requested_at timestamptz,
    started_at timestamptz,
    finished_at timestamptz,
    exit_code integer,
    error text,
    duration_seconds double precision,
    last_seq bigint not null default 0,
    log_bytes bigint not null default 0,
    primary key (execution_id, server_id)
  )`,
  "create index targets_queued on execution_targets (server_id, execution_id) where state = 'queued'",
  `create index targets_open on execution_targets (server_id)
    where state in ('dispatched', 'acknowledged', 'running', 'unreachable')`,
  "create index targets_by_server on execution_targets (server_id, execution_id desc)",
  `create table idempotency_keys (
    subject text not null,
    key text not null,
    request_hash bytea not null,
    execution_id uuid not null references executions on delete cascade deferrable initially deferred,
    created_at timestamptz not null default now(),
    primary key (subject, key)
  )`,
  `create table superseded_results (
    execution_id uuid not null references executions on delete cascade,
    server_id uuid not null references servers,
    fence integer not null,
    result jsonb not null,
    received_at timestamptz not null default now()
  )`,
  `create table audit_events (
    event_id bigint generated always as identity primary key,
    at timestamptz not null default now(),
    event_type text not null,
    actor jsonb not null,
    resource jsonb not null,
    details jsonb not null,
    result jsonb not null,
    -- The place in the chain of hashes, once it is sealed.
    position bigint unique,
    hash bytea
  )`,
  "create index audit_events_unsealed on audit_events (event_id) where position is null",
  `create table log_lines (
    execution_id uuid not null references executions on delete cascade,
    server_id uuid not null,
    seq bigint not null,
    stream text not null,
    text text not null,
    at timestamptz not null,
    primary key (execution_id, server_id, seq)
  )`,
];
