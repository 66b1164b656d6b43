import type { Lock, NewLock, RequestOf, ResponseOf } from "@homeslice/protocol";
import { type Selectable, sql } from "kysely";
import type { Connection } from "../database/database.ts";
import { type ListOrder, Page, timeKey } from "../database/keyset.ts";
import type { LocksTable } from "../database/tables.ts";
import { ofTenant } from "../database/tenancy.ts";

/** The transaction may have waited for the lock before this one: its own time would lie before the end of that. */
const active = (seconds: number) => sql<Date>`clock_timestamp() + ${seconds} * interval '1 second'`;

/** Which locks of a server stand against taking one of each type. */
const standsAgainst: Record<Lock["lock_type"], readonly Lock["lock_type"][]> = {
  execution: ["execution", "maintenance", "emergency"],
  maintenance: ["maintenance", "emergency"],
  emergency: ["emergency"],
};

/**
 * Keeps everybody else from taking a lock of this server until the transaction ends, but for the claim of work, which
 * refers to the server while it holds its own lock: the two would wait for each other.
 * @returns whether there is such a server
 */
export async function holdServer(transaction: Connection, serverId: string): Promise<boolean> {
  const row = await transaction
    .selectFrom("servers")
    .select("server_id")
    .where("server_id", "=", serverId)
    .where("deleted_at", "is", null)
    .forNoKeyUpdate()
    .executeTakeFirst();
  return row !== undefined;
}

/** The lock that keeps one of this type from being taken. */
export async function findObstacle(connection: Connection, lock: NewLock): Promise<Lock | undefined> {
  const row = await connection
    .selectFrom("locks")
    .selectAll()
    .where("server_id", "=", lock.server_id)
    .where("status", "=", "active")
    .where("lock_type", "in", standsAgainst[lock.lock_type])
    .limit(1)
    .executeTakeFirst();
  return row && toLock(row);
}

export async function insertLock(connection: Connection, lock: NewLock, user: string): Promise<Lock> {
  const { ttl_seconds, ...rest } = lock;
  const row = await connection
    .insertInto("locks")
    .values({ ...rest, locked_by: user, acquired_at: sql`clock_timestamp()`, expires_at: active(ttl_seconds) })
    .returningAll()
    .executeTakeFirstOrThrow();
  return toLock(row);
}

/** A lock, held until the transaction ends. */
export async function lockForUpdate(transaction: Connection, lockId: string): Promise<Lock | undefined> {
  const row = await transaction
    .selectFrom("locks")
    .selectAll()
    .where("lock_id", "=", lockId)
    .forUpdate()
    .executeTakeFirst();
  return row && toLock(row);
}

export async function extendLock(transaction: Connection, lockId: string, ttlSeconds: number): Promise<Lock> {
  const row = await transaction
    .updateTable("locks")
    .set(({ eb }) => ({ expires_at: active(ttlSeconds), current_extensions: eb("current_extensions", "+", 1) }))
    .where("lock_id", "=", lockId)
    .returningAll()
    .executeTakeFirstOrThrow();
  return toLock(row);
}

export async function endLock(
  transaction: Connection,
  lockId: string,
  status: "released" | "force_released",
  by: string,
  reason: string,
): Promise<Lock> {
  const row = await transaction
    .updateTable("locks")
    .set({ status, ended_at: sql`now()`, ended_by: by, end_reason: reason })
    .where("lock_id", "=", lockId)
    .returningAll()
    .executeTakeFirstOrThrow();
  return toLock(row);
}

/** Ends the locks that attempts held. */
export async function releaseOfExecutions(
  transaction: Connection,
  attempts: readonly { execution_id: string; server_id: string }[],
): Promise<void> {
  const keys = attempts.map(({ execution_id, server_id }) => ({ execution_id, server_id }));
  await sql`update locks l set status = 'released', ended_at = now(), ended_by = 'orchestrator', end_reason = 'it ended'
    from jsonb_to_recordset(${JSON.stringify(keys)}::jsonb) as ended (execution_id uuid, server_id uuid)
    where l.execution_id = ended.execution_id and l.server_id = ended.server_id and l.status = 'active'`.execute(
    transaction,
  );
}

/** Ends the locks whose time is over. @returns their servers */
export async function expireLocks(connection: Connection): Promise<string[]> {
  const { rows } = await sql<{ server_id: string }>`
    with late as (
      select lock_id from locks where status = 'active' and expires_at <= now() order by lock_id for update skip locked
    )
    update locks l set status = 'expired', ended_at = now(), ended_by = 'orchestrator', end_reason = 'its time was over'
    from late where late.lock_id = l.lock_id returning l.server_id`.execute(connection);
  return rows.map(({ server_id }) => server_id);
}

const order: ListOrder<"created" | "expires"> = {
  id: { column: "lock_id", type: "uuid" },
  keys: { created: undefined, expires: timeKey("expires_at") },
};

/** A page of locks, and the cursor of the next one. */
export async function listLocks(
  connection: Connection,
  listing: RequestOf<"listLocks">["query"],
): Promise<ResponseOf<"listLocks">> {
  const { server_id, lock_type, status, locked_by, execution_id } = listing;
  const page = new Page(order, listing);
  let query = connection.selectFrom("locks").selectAll().select(page.place).where(ofTenant).where(page.follows);
  if (server_id !== undefined) query = query.where("server_id", "=", server_id);
  if (lock_type !== undefined) query = query.where("lock_type", "=", lock_type);
  if (status !== undefined) query = query.where("status", "=", status);
  if (locked_by !== undefined) query = query.where("locked_by", "=", locked_by);
  if (execution_id !== undefined) query = query.where("execution_id", "=", execution_id);
  const { rows, next_cursor } = page.of(await query.orderBy(page.orderBy).limit(page.limit).execute());
  return { items: rows.map(toLock), next_cursor };
}

export async function findLock(connection: Connection, lockId: string): Promise<Lock | undefined> {
  const row = await connection.selectFrom("locks").selectAll().where("lock_id", "=", lockId).executeTakeFirst();
  return row && toLock(row);
}

function toLock(row: Selectable<LocksTable>): Lock {
  return {
    lock_id: row.lock_id,
    server_id: row.server_id,
    lock_type: row.lock_type,
    status: row.status,
    fence: row.fence,
    locked_by: { process: row.process, execution_id: row.execution_id, user: row.locked_by },
    lock_metadata: {
      reason: row.reason,
      priority: row.priority,
      estimated_duration_minutes: row.estimated_duration_minutes,
    },
    timing: {
      acquired_at: row.acquired_at.toISOString(),
      expires_at: row.expires_at.toISOString(),
      max_extension_count: row.max_extension_count,
      current_extensions: row.current_extensions,
      ended_at: row.ended_at?.toISOString() ?? null,
    },
    ended: row.ended_by === null ? null : { by: row.ended_by, reason: row.end_reason ?? "" },
  };
}
