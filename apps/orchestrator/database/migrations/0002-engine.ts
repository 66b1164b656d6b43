import { type Kysely, sql } from "kysely";

/** Order of the queue, rollouts, retries, locks, circuit breakers, retention, and the columns that lists read. */
export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of [...executions, ...targets, ...servers, ...locks, ...indexes]) {
    await sql.raw(statement).execute(database);
  }
}

const executions = [
  `alter table executions
    -- Groups executions that belong together: an execution and the retries of its failed servers.
    add column batch_id uuid,
    add column retry_of uuid references executions on delete set null,
    add column execution_type text not null default 'single' check (execution_type in ('single', 'bulk', 'scheduled')),
    add column action_type text not null default 'execution',
    add column priority smallint not null default 5 check (priority between 0 and 9),
    add column policy jsonb not null default '{}',
    add column queue_expires_seconds integer not null default 86400,
    -- Limits of the rollout; without any of them every target is released at once.
    add column parallelism integer,
    add column batch_size integer,
    add column stop_after_failures integer,
    -- What lists and the settling of targets read instead of every target.
    add column state text not null default 'queued',
    add column total_count integer not null default 0,
    add column success_count integer not null default 0,
    add column failure_count integer not null default 0,
    -- The worst end so far, as a place in the order of severity; 0 when nothing has ended.
    add column severity smallint not null default 0,
    add column started_at timestamptz,
    add column completed_at timestamptz`,
  `update executions e set batch_id = e.execution_id, total_count = t.total, success_count = t.succeeded,
      failure_count = t.ended - t.succeeded, severity = t.severity, started_at = t.started_at,
      execution_type = case when t.total > 1 then 'bulk' else 'single' end,
      completed_at = case when t.ended = t.total then t.completed_at end,
      state = case when t.ended = t.total
        then (array['succeeded', 'cancelled', 'expired', 'failed', 'timed_out', 'lost'])[t.severity]
        when t.queued = t.total then 'queued' else 'running' end
    from (select execution_id, count(*) as total, count(*) filter (where state = 'queued') as queued,
        count(*) filter (where state = 'succeeded') as succeeded,
        count(*) filter (where array_position(array['succeeded', 'cancelled', 'failed', 'timed_out', 'lost'], state)
          is not null) as ended,
        coalesce(max(array_position(array['succeeded', 'cancelled', 'expired', 'failed', 'timed_out', 'lost'], state)),
          0) as severity,
        min(started_at) as started_at, max(finished_at) as completed_at
      from execution_targets group by execution_id) t
    where t.execution_id = e.execution_id`,
  "update executions set batch_id = execution_id where batch_id is null",
  "alter table executions alter column batch_id set not null",
  `update executions set policy = jsonb_build_object('idempotent', false, 'retry_count', 0, 'retry_delay_seconds', 10,
    'requires_lock', false, 'on_disconnect', 'wait', 'give_up_after_seconds', 300, 'on_lost', 'report',
    'success_criteria', jsonb_build_object('exit_code', success_exit_code, 'output_contains', '[]'::jsonb,
      'output_not_contains', '[]'::jsonb))`,
  "alter table executions drop column success_exit_code, alter column policy drop default",
];

const targets = [
  `alter table execution_targets
    drop constraint execution_targets_state_check,
    add constraint execution_targets_state_check check (state in ('queued', 'dispatched', 'acknowledged', 'running',
      'unreachable', 'succeeded', 'failed', 'timed_out', 'cancelled', 'expired', 'lost')),
    -- Place in the queue, smallest first: when it was released, put back a minute for each level of priority. Null
    -- while it is held back by its rollout or by the delay of its next attempt.
    add column queue_key timestamptz,
    add column queued_at timestamptz,
    add column queue_expires_at timestamptz,
    add column retry_at timestamptz,
    add column wave integer not null default 0,
    add column ordinal integer not null default 0,
    add column dispatched_at timestamptz,
    -- The last line of the attempts before this one.
    add column attempt_seq bigint not null default 0`,
  `update execution_targets t set queued_at = e.created_at, queue_key = e.created_at - interval '5 minutes'
    from executions e where e.execution_id = t.execution_id and t.state = 'queued'`,
  `create table execution_attempts (
    execution_id uuid not null references executions on delete cascade,
    server_id uuid not null references servers,
    fence integer not null,
    state text not null,
    exit_code integer,
    error text,
    duration_seconds double precision,
    ended_at timestamptz not null default now(),
    primary key (execution_id, server_id, fence)
  )`,
];

const servers = [
  `alter table servers
    add column breaker_mode text not null default 'auto' check (breaker_mode in ('auto', 'closed', 'open')),
    add column breaker_failures integer not null default 0,
    -- Set while the breaker is open: from then on one execution at a time may try.
    add column breaker_retry_at timestamptz`,
  `create table queue_control (
    draining boolean not null,
    reason text not null,
    changed_by text not null,
    changed_at timestamptz not null default now()
  )`,
  // Where the chain of hashes begins once its oldest entries are past their retention.
  `create table audit_origin (
    only_row boolean primary key default true check (only_row),
    position bigint not null,
    hash bytea not null
  )`,
];

const locks = [
  `create table locks (
    lock_id uuid primary key default uuidv7(),
    server_id uuid not null references servers,
    lock_type text not null check (lock_type in ('execution', 'maintenance', 'emergency')),
    status text not null default 'active' check (status in ('active', 'released', 'expired', 'force_released')),
    fence bigint generated always as identity,
    process text,
    execution_id uuid references executions on delete cascade,
    locked_by text not null,
    reason text not null,
    priority smallint not null default 5,
    estimated_duration_minutes integer,
    acquired_at timestamptz not null default now(),
    expires_at timestamptz not null,
    max_extension_count integer not null default 0,
    current_extensions integer not null default 0,
    ended_at timestamptz,
    ended_by text,
    end_reason text
  )`,
  "create unique index locks_active on locks (server_id, lock_type) where status = 'active'",
  "create index locks_of_execution on locks (execution_id) where execution_id is not null",
  "create index locks_by_server on locks (server_id, lock_id desc)",
];

const indexes = [
  "drop index targets_queued",
  "create index targets_queued on execution_targets (server_id, queue_key) where state = 'queued' and queue_key is not null",
  `create index targets_held on execution_targets (execution_id, wave, ordinal)
    where state = 'queued' and queue_key is null and retry_at is null`,
  "create index targets_retrying on execution_targets (retry_at) where state = 'queued' and retry_at is not null",
  "create index targets_expiring on execution_targets (queue_expires_at) where state = 'queued' and queue_key is not null",
  `create index targets_cancelling on execution_targets (server_id) where cancel_requested_at is not null
    and state in ('dispatched', 'acknowledged', 'running', 'unreachable')`,
  "create index executions_by_state on executions (state, execution_id desc)",
  "create index executions_by_action on executions (action_id, execution_id desc)",
  "create index executions_by_batch on executions (batch_id)",
  "create index idempotency_keys_of_execution on idempotency_keys (execution_id)",
  "create index superseded_results_of_execution on superseded_results (execution_id)",
  "create index servers_by_group on servers (server_group) where deleted_at is null",
  "create index servers_by_tag on servers using gin (tags) where deleted_at is null",
];
