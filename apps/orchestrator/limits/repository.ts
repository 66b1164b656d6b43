import { sql } from "kysely";
import type { Connection } from "../database/database.ts";
import { literals } from "../database/literals.ts";
import { ofTenant } from "../database/tenancy.ts";
import { openStates } from "../executions/state.ts";
import { workCounts } from "../queue/repository.ts";

/** The scope of the limits for all tenants together. */
export const EVERYBODY = "*";

/** The limits of a tenant, or of all together, and what there is of what they limit. */
export interface LimitsRow {
  readonly scope: string;
  readonly max_running: number | null;
  readonly max_queued: number | null;
  readonly version: number;
  readonly running: number;
  readonly queued: number;
}

const running = sql`(select count(*) from execution_targets t
  where t.state in ${literals(openStates)} and (t.tenant_id = scope or scope = ${EVERYBODY}))`;

/** @param connection one that sees the rows of every tenant */
export async function readLimits(connection: Connection, scope: string): Promise<LimitsRow> {
  const { rows } = await sql<LimitsRow>`
    select scope, l.max_running, l.max_queued, coalesce(l.version, 0) as version, work.open as running,
      work.queued + work.held as queued
    from (select ${scope}::text as scope) s left join limits l using (scope)
    cross join lateral (select ${workCounts(sql`(tenant_id = scope or scope = ${EVERYBODY})`)}) work`.execute(
    connection,
  );
  const [row] = rows;
  return row ?? { scope, max_running: null, max_queued: null, version: 0, running: 0, queued: 0 };
}

/**
 * @param version the version that they must have, 0 before the first; undefined takes any
 * @returns whether they were in that version
 */
export async function writeLimits(
  connection: Connection,
  scope: string,
  limits: { readonly max_running: number | null; readonly max_queued: number | null },
  changedBy: string,
  version: number | undefined,
): Promise<boolean> {
  const { max_running, max_queued } = limits;
  const { rows } = await sql`
    insert into limits (scope, max_running, max_queued, changed_by)
    select ${scope}, ${max_running}::integer, ${max_queued}::integer, ${changedBy}
    where ${version === undefined || version === 0} or exists (select from limits where scope = ${scope})
    on conflict (scope) do update set max_running = excluded.max_running, max_queued = excluded.max_queued,
      changed_by = excluded.changed_by, changed_at = now(), version = limits.version + 1
      where ${version === undefined} or limits.version = ${version ?? 0}
    returning version`.execute(connection);
  return rows.length > 0;
}

/** How much more work may begin. */
export interface Room {
  /** Of all tenants together; undefined is no limit. */
  readonly total: number | undefined;
  /** Of each tenant that has a limit. */
  readonly tenants: readonly { readonly tenant_id: string; readonly free: number }[];
}

/** Whether anybody has a limit on what runs. */
export async function hasLimits(connection: Connection): Promise<boolean> {
  const row = await connection
    .selectFrom("limits")
    .select("scope")
    .where("max_running", "is not", null)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** @param maxRunning the limit of this installation's settings on all work; undefined is none */
export async function readRoom(connection: Connection, maxRunning: number | undefined): Promise<Room> {
  const { rows } = await sql<{ scope: string; free: number }>`
    select scope, greatest(0, max_running - ${running})::integer as free
    from (select scope, max_running from limits where max_running is not null
      union all select ${EVERYBODY}, ${maxRunning ?? null}::integer where ${maxRunning !== undefined}) l`.execute(
    connection,
  );
  const totals = rows.filter(({ scope }) => scope === EVERYBODY).map(({ free }) => free);
  return {
    total: totals.length === 0 ? undefined : Math.min(...totals),
    tenants: rows.filter(({ scope }) => scope !== EVERYBODY).map(({ scope, free }) => ({ tenant_id: scope, free })),
  };
}

/** The limit of the tenant on what waits, if it has one. */
export const queueLimit = sql<{ max_queued: number }>`select max_queued from limits
  where scope = current_setting('homeslice.tenant') and max_queued is not null`;

/** Keeps other starts of the tenant waiting until the transaction ends, if its queue is limited. @returns the limit */
export async function holdQueueLimit(transaction: Connection): Promise<number | undefined> {
  const { rows } = await sql<{ max_queued: number }>`${queueLimit} for update`.execute(transaction);
  return rows[0]?.max_queued;
}

/** How much of the tenant's work waits. */
export async function countQueued(connection: Connection): Promise<number> {
  const { rows } = await sql<{ queued: number; held: number }>`select ${workCounts(ofTenant)}`.execute(connection);
  return (rows[0]?.queued ?? 0) + (rows[0]?.held ?? 0);
}
