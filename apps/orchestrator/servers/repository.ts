import { createHash } from "node:crypto";
import type { Breaker, NewServer, RequestOf, ResponseOf, Server, ServerState } from "@homeslice/protocol";
import { type Selectable, sql } from "kysely";
import { breakerState } from "../breaker/repository.ts";
import type { Connection } from "../database/database.ts";
import { cursorAfter, directionOf, placeOf } from "../database/keyset.ts";
import type { ServersTable } from "../database/tables.ts";
import { ofTenant } from "../database/tenancy.ts";
import { openStates } from "../executions/state.ts";

/** What a server is doing: derived, so that it cannot be out of date. */
const currentState = sql<ServerState>`case
  when servers.session_id is null or servers.session_expires_at < now() then 'unreachable'
  when exists (select from locks l where l.server_id = servers.server_id and l.status = 'active'
    and l.expires_at > now() and l.lock_type in ('maintenance', 'emergency')) then 'maintenance'
  when ${breakerState} = 'open' then 'error'
  when exists (select from execution_targets t
    where t.server_id = servers.server_id and t.state in (${sql.join(openStates)})) then 'busy'
  else 'idle' end`;

/** Servers that were not deleted, with their states as `current`. */
export function selectServers(connection: Connection) {
  return connection
    .selectFrom("servers")
    .selectAll()
    .select([currentState.as("current"), breakerState.as("breaker_state")])
    .where("deleted_at", "is", null);
}

/** A page of servers, and the cursor of the next one. */
export async function listServers(
  connection: Connection,
  listing: RequestOf<"listServers">["query"],
): Promise<ResponseOf<"listServers">> {
  const { status, environment, server_group, tag, hostname, sort, limit, cursor } = listing;
  const { order, after } = directionOf(sort);
  const byName = sort.endsWith("hostname");
  const place = placeOf(cursor, sort, byName);
  let query = selectServers(connection)
    .where(ofTenant)
    .limit(limit + 1);
  if (byName) query = query.orderBy("hostname", order);
  query = query.orderBy("server_id", order);
  if (place !== undefined) {
    query = byName
      ? query.where(({ eb, refTuple, tuple }) =>
          eb(refTuple("hostname", "server_id"), after, tuple(place.text ?? "", place.id)),
        )
      : query.where("server_id", after, place.id);
  }
  if (environment !== undefined) query = query.where("environment", "=", environment);
  if (server_group !== undefined) query = query.where("server_group", "=", server_group);
  if (hostname !== undefined) query = query.where("hostname", "=", hostname);
  if (tag !== undefined) query = query.where(sql<boolean>`tags @> array[${tag}]::text[]`);
  if (status !== undefined) query = query.where(currentState, "=", status);
  const rows = await query.execute();
  const items = rows.slice(0, limit).map(toServer);
  const last = items.at(-1);
  const more = rows.length > limit && last !== undefined;
  const lastPlace = { text: byName ? (last?.hostname ?? null) : null, id: last?.server_id ?? "" };
  return { items, next_cursor: more ? cursorAfter(sort, lastPlace) : null };
}

export async function findServer(connection: Connection, serverId: string): Promise<Server | undefined> {
  const row = await selectServers(connection).where("server_id", "=", serverId).executeTakeFirst();
  return row && toServer(row);
}

/** Those of the given ids that no server has. */
export async function missingServers(connection: Connection, serverIds: readonly string[]): Promise<string[]> {
  const found = await connection
    .selectFrom("servers")
    .select("server_id")
    .where("server_id", "in", [...serverIds])
    .where("deleted_at", "is", null)
    .execute();
  const known = new Set(found.map(({ server_id }) => server_id));
  return serverIds.filter((id) => !known.has(id));
}

export async function insertServer(connection: Connection, server: NewServer, createdBy: string): Promise<string> {
  const { server_id } = await connection
    .insertInto("servers")
    .values({ ...server, created_by: createdBy })
    .returning("server_id")
    .executeTakeFirstOrThrow();
  return server_id;
}

/**
 * Changes what people say of a server.
 * @param version the version that it must have; undefined takes any
 * @returns false when there is no such server in that version
 */
export async function updateServer(
  connection: Connection,
  serverId: string,
  server: NewServer,
  version: number | undefined,
): Promise<boolean> {
  let query = connection
    .updateTable("servers")
    .set(({ eb }) => ({ ...server, version: eb("version", "+", 1), updated_at: sql`now()` }))
    .where("server_id", "=", serverId)
    .where("deleted_at", "is", null);
  if (version !== undefined) query = query.where("version", "=", version);
  return (await query.executeTakeFirst()).numUpdatedRows > 0n;
}

/** Marks a server as deleted and cuts its link. @returns whether there was such a server */
export async function deleteServer(connection: Connection, serverId: string): Promise<boolean> {
  const deleted = await connection
    .updateTable("servers")
    .set({ deleted_at: sql`now()`, public_key: null, session_id: null, orchestrator_id: null })
    .where("server_id", "=", serverId)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  return deleted.numUpdatedRows > 0n;
}

export async function countOpenTargets(connection: Connection, serverId: string): Promise<number> {
  const { count } = await connection
    .selectFrom("execution_targets")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("server_id", "=", serverId)
    .where("state", "in", openStates)
    .executeTakeFirstOrThrow();
  return count;
}

function toServer(row: Selectable<ServersTable> & { current: ServerState; breaker_state: Breaker["state"] }): Server {
  const key = row.public_key;
  return {
    server_id: row.server_id,
    hostname: row.hostname,
    ip_address: row.ip_address,
    environment: row.environment,
    server_group: row.server_group,
    tags: row.tags,
    capabilities: row.capabilities,
    version: row.version,
    configuration: {
      agent_version: row.agent_version,
      os_info: row.os_info,
      max_concurrent_jobs: row.max_concurrent_jobs,
    },
    credentials: {
      key_fingerprint: key && createHash("sha256").update(Buffer.from(key, "base64url")).digest("hex"),
      last_rotation: row.key_rotated_at?.toISOString() ?? null,
    },
    status: { current: row.current, last_heartbeat: row.last_heartbeat?.toISOString() ?? null, ...row.host_status },
    breaker: {
      state: row.breaker_state,
      mode: row.breaker_mode,
      failures: row.breaker_failures,
      retry_at: row.breaker_retry_at?.toISOString() ?? null,
    },
    metadata: {
      created_at: row.created_at.toISOString(),
      created_by: row.created_by,
      updated_at: row.updated_at.toISOString(),
      last_successful_execution: row.last_successful_execution?.toISOString() ?? null,
    },
  };
}
