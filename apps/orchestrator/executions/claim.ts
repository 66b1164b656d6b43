import type { Operation } from "@homeslice/protocol";
import { type CompiledQuery, type RawBuilder, sql } from "kysely";
import type { Connection, Database } from "../database/database.ts";
import { literals } from "../database/literals.ts";
import { type Place, statement } from "../database/statement.ts";
import { type Room, readRoom } from "../limits/repository.ts";
import { openStates } from "./state.ts";

/** What a job for an agent is made of. */
export interface DispatchRow {
  readonly execution_id: string;
  readonly server_id: string;
  readonly fence: number;
  readonly operation: Operation;
  readonly timeout_seconds: number;
  readonly last_seq: number;
}

/** A job that was claimed for the link over which it is to go out. */
export interface ClaimedRow extends DispatchRow {
  readonly session_id: string;
  /** How long it waited since it could begin. */
  readonly waited_seconds: number;
  /** How much of that it waited for the lock before its own; null when it takes none. */
  readonly lock_wait_seconds: number | null;
}

export interface ClaimOptions {
  /** Whose links are to get work. */
  readonly orchestratorId: string;
  /** Targets claimed at once, at most. */
  readonly limit: number;
  /** Seconds by which an execution lock outlives the time-out of what it is taken for. */
  readonly lockMarginSeconds: number;
  /** How much more the tenants with a limit may begin. Default: none has one. */
  readonly tenants?: Room["tenants"];
  /** Servers that are looked at. Default: all. */
  readonly serverIds?: readonly string[] | undefined;
}

/** The values of a claim. */
interface Values extends Omit<ClaimOptions, "tenants" | "serverIds"> {
  readonly tenants: string;
  readonly serverIds: readonly string[];
}

/** Links of an orchestrator: those of some servers, found by their names alone, or all, by their index. */
function linkedTo(place: Place<Values>, isNamed: boolean): RawBuilder<boolean> {
  const [orchestratorId, serverIds] = [place("orchestratorId"), place("serverIds")];
  if (!isNamed) return sql`s.orchestrator_id = ${orchestratorId} and s.session_id is not null`;
  // No index serves "is not distinct from": by that of the links, all of them would be read.
  return sql`s.server_id = any(${serverIds}::uuid[]) and s.orchestrator_id is not distinct from ${orchestratorId}::uuid
    and s.session_id is not null`;
}

/**
 * Servers of this orchestrator that may begin something now, and how much. What each is busy with is counted by itself:
 * joined to all that is open, the planner, which knows little of rows that come and go, compares each with each.
 */
const rooms = (place: Place<Values>, isNamed: boolean) => sql`
  select s.server_id, s.session_id, greatest(0, least(s.max_concurrent_jobs, s.job_limit,
    case when s.breaker_mode = 'auto' and s.breaker_retry_at is not null then 1 end) - (
      select count(*) from execution_targets busy
      where busy.server_id = s.server_id and busy.state in ${literals(openStates)})) as free
  from servers s
  where ${linkedTo(place, isNamed)}
    and s.breaker_mode <> 'open'
    and (s.breaker_mode = 'closed' or s.breaker_retry_at is null or s.breaker_retry_at <= now())
    and s.tenant_id not in (select c.tenant_id from queue_control c where c.draining)`;

/** Whether a lock of the server keeps this work out. */
const keptOut = sql`exists (
  select from locks l where l.server_id = t.server_id and l.status = 'active' and l.expires_at > now()
    and (l.lock_type = 'emergency'
      or l.lock_type = 'maintenance' and e.action_type <> 'maintenance'
      or l.lock_type = 'execution' and (e.policy ->> 'requires_lock')::boolean))`;

/** What of the work is needed further on; named, because statements that take every column are planned each time. */
const workColumns = sql`execution_id, server_id, queue_key, session_id, initiated_by, priority, timeout_seconds,
  requires_lock`;

/** What is ready, as far as the tenants with a limit have room for it. */
function withinRooms(place: Place<Values>, isShared: boolean) {
  if (!isShared) return sql`ready`;
  return sql`(
    select ${workColumns}, room.free,
      row_number() over (partition by tenant_id order by queue_key, execution_id) as place
    from ready left join jsonb_to_recordset(${place("tenants")}::jsonb) as room (tenant_id text, free integer)
      using (tenant_id)) ready
    where free is null or place <= free`;
}

/**
 * Claims queued work for the servers whose links this orchestrator holds, in the order of the queue, as far as each has
 * room and no lock or breaker stands against it. An execution lock is taken in the same statement: without it, what
 * needs it stays in the queue. Any number of orchestrators may claim at once: a row is taken by one, the others skip it.
 */
export async function claimQueued(connection: Connection, options: ClaimOptions): Promise<ClaimedRow[]> {
  return (await connection.executeQuery(claim(connection, options))).rows;
}

/** The statement of `claimQueued`. */
export function claim(connection: Connection, options: ClaimOptions): CompiledQuery<ClaimedRow> {
  const { tenants = [], serverIds, ...values } = options;
  const kind = claims[serverIds === undefined ? "anywhere" : "named"][tenants.length === 0 ? "free" : "shared"];
  return kind(connection, { ...values, tenants: JSON.stringify(tenants), serverIds: serverIds ?? [] });
}

function claimOf(isNamed: boolean, isShared: boolean) {
  return statement<Values, ClaimedRow>((connection, place) => claimText(place, isNamed, isShared).compile(connection));
}

/** By whether servers are named, and whether tenants share a limit. */
const claims = {
  anywhere: { free: claimOf(false, false), shared: claimOf(false, true) },
  named: { free: claimOf(true, false), shared: claimOf(true, true) },
};

function claimText(place: Place<Values>, isNamed: boolean, isShared: boolean): RawBuilder<ClaimedRow> {
  return sql<ClaimedRow>`
    with ready as (
      select t.execution_id, t.server_id, t.tenant_id, t.queue_key, t.initiated_by, t.priority, t.timeout_seconds,
        t.requires_lock, room.session_id
      from (${rooms(place, isNamed)}) room
      cross join lateral (
        select t.execution_id, t.server_id, t.tenant_id, t.queue_key, e.initiated_by, e.priority, e.timeout_seconds,
          (e.policy ->> 'requires_lock')::boolean as requires_lock
        from execution_targets t join executions e on e.execution_id = t.execution_id
        where t.server_id = room.server_id and t.state = 'queued' and t.queue_key is not null and not ${keptOut}
        order by t.queue_key, t.execution_id
        limit room.free
        for update of t skip locked
      ) t
    ), work as (
      select ${workColumns} from ${withinRooms(place, isShared)} order by queue_key, execution_id
      limit ${place("limit")}
    ), locked as (
      insert into locks (server_id, lock_type, execution_id, locked_by, reason, priority, acquired_at, expires_at)
      select server_id, 'execution', execution_id, initiated_by, 'taken by its execution', priority,
        clock_timestamp(), clock_timestamp() + (timeout_seconds + ${place("lockMarginSeconds")}) * interval '1 second'
      from work where requires_lock order by queue_key, execution_id
      on conflict (server_id, lock_type) where status = 'active' do nothing
      returning server_id, execution_id
    )
    update execution_targets t
    set state = 'dispatched', state_since = now(), fence = t.fence + 1, acknowledged = false, queue_key = null,
      queue_expires_at = null, dispatched_at = now(), started_at = null, attempt_seq = t.last_seq
    from work
    where t.execution_id = work.execution_id and t.server_id = work.server_id and t.state = 'queued'
      and (not work.requires_lock
        or exists (select from locked l where l.server_id = t.server_id and l.execution_id = t.execution_id))
    returning t.execution_id, t.server_id, work.session_id, t.fence, work.timeout_seconds, t.last_seq,
      (select e.operation from executions e where e.execution_id = t.execution_id) as operation,
      extract(epoch from now() - t.queued_at)::float8 as waited_seconds,
      case when work.requires_lock then greatest(0, extract(epoch from (
        select before.ended_at from locks before where before.server_id = t.server_id order by before.lock_id desc limit 1
      ) - t.queued_at))::float8 end as lock_wait_seconds
  `;
}

/** Those who claim under a limit that servers share take turns: the key of the advisory lock ("claim" in ASCII). */
const CLAIM_LOCK = 0x636c61696d;

/**
 * Claims queued work as far as the limits allow that servers share, over all orchestrators.
 * @param maxRunning the limit of the settings on all work; undefined is none
 */
export async function claimWithinLimits(
  database: Database,
  options: ClaimOptions,
  maxRunning: number | undefined,
): Promise<ClaimedRow[]> {
  return await database.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(${CLAIM_LOCK})`.execute(transaction);
    const { total, tenants } = await readRoom(transaction, maxRunning);
    if (total === 0) return [];
    return await claimQueued(transaction, {
      ...options,
      limit: Math.min(options.limit, total ?? options.limit),
      tenants,
    });
  });
}
