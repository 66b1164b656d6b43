import { createHash } from "node:crypto";
import {
  type Breaker,
  type LiveServer,
  type NewServer,
  type RequestOf,
  type ResponseOf,
  type Server,
  ServerId,
  type ServerState,
} from "@homeslice/protocol";
import { type Selectable, sql } from "kysely";
import { breakerState } from "../breaker/repository.ts";
import type { Connection } from "../database/database.ts";
import { containing, type ListOrder, Page, textKey, timeKey } from "../database/keyset.ts";
import { literals } from "../database/literals.ts";
import type { ServersTable } from "../database/serverTables.ts";
import { ofTenant } from "../database/tenancy.ts";
import { openStates } from "../executions/state.ts";
import { lastSuccess } from "./lastSuccesses.ts";

/** What a server is doing: derived, so that it cannot be out of date. */
const currentState = sql<ServerState>`case
  when servers.session_id is null or servers.session_expires_at < now() then 'unreachable'
  when exists (select from locks l where l.server_id = servers.server_id and l.status = 'active'
    and l.expires_at > now() and l.lock_type in ('maintenance', 'emergency')) then 'maintenance'
  when ${breakerState} = 'open' then 'error'
  when exists (select from execution_targets t
    where t.server_id = servers.server_id and t.state in ${literals(openStates)}) then 'busy'
  else 'idle' end`;

/** The states of servers that were not deleted, as `current`. */
export function selectStates(connection: Connection) {
  return connection.selectFrom("servers").select(currentState.as("current")).where("deleted_at", "is", null);
}

/** Servers that were not deleted, with their states and those of their breakers. */
export function selectLive(connection: Connection) {
  return selectStates(connection).selectAll().select(breakerState.as("breaker_state"));
}

/** Servers that were not deleted, with all that is known of them. */
export function selectServers(connection: Connection) {
  return selectLive(connection).select(lastSuccess.as("last_success"));
}

/** What is known of servers by their ids; of ids that no server has, nothing. */
export async function findNamedServers(
  connection: Connection,
  serverIds: readonly string[],
): Promise<Map<string, { hostname: string; ip_address: string | null }>> {
  const ids = serverIds.filter((id) => ServerId.safeParse(id).success);
  if (ids.length === 0) return new Map();
  const rows = await connection
    .selectFrom("servers")
    .select(["server_id", "hostname", "ip_address"])
    .where(ofTenant)
    .where("server_id", "in", ids)
    .where("deleted_at", "is", null)
    .execute();
  return new Map(rows.map(({ server_id, ...server }) => [server_id, server]));
}

const order: ListOrder<"created" | "hostname" | "environment" | "last_seen"> = {
  id: { column: "server_id", type: "uuid" },
  keys: {
    created: undefined,
    hostname: textKey("hostname"),
    environment: textKey("environment"),
    last_seen: timeKey("last_heartbeat"),
  },
};

/** A page of servers, and the cursor of the next one. */
export async function listServers(
  connection: Connection,
  listing: RequestOf<"listServers">["query"],
): Promise<ResponseOf<"listServers">> {
  const { server_ids, status, environment, server_group, tag, hostname, search, capability, agent_version } = listing;
  const page = new Page(order, listing);
  let query = selectServers(connection).select(page.place).where(ofTenant).where(page.follows);
  if (server_ids !== undefined) query = query.where(sql<boolean>`server_id = any(${server_ids.split(",")}::uuid[])`);
  if (environment !== undefined) query = query.where("environment", "=", environment);
  if (server_group !== undefined) query = query.where("server_group", "=", server_group);
  if (hostname !== undefined) query = query.where("hostname", "=", hostname);
  if (tag !== undefined) query = query.where(sql<boolean>`tags @> array[${tag}]::text[]`);
  if (capability !== undefined) query = query.where(sql<boolean>`${capability} = any(capabilities)`);
  if (agent_version !== undefined) query = query.where("agent_version", "=", agent_version);
  if (status !== undefined) query = query.where(currentState, "=", status);
  if (search !== undefined) query = query.where(found(search));
  const { rows, next_cursor } = page.of(
    await query.where(seen(listing)).orderBy(page.orderBy).limit(page.limit).execute(),
  );
  return { items: rows.map(toServer), next_cursor };
}

/** How every server of the tenant is. */
export async function listServerStates(connection: Connection): Promise<LiveServer[]> {
  const rows = await selectLive(connection).where(ofTenant).orderBy("server_id").execute();
  return rows.map(toLiveServer);
}

/** By what people would type to find a server. */
function found(search: string) {
  const inTag = sql`exists (select from unnest(tags) tag where ${containing(search, "tag")})`;
  return sql<boolean>`(${containing(search, "hostname", "ip_address", "server_group")} or ${inTag})`;
}

/** Whether the last heartbeat came in a time; without one, it came before every time. */
function seen({ seen_after, seen_before }: RequestOf<"listServers">["query"]) {
  const heartbeat = sql`coalesce(last_heartbeat, '-infinity')`;
  const after = seen_after === undefined ? sql`true` : sql`${heartbeat} >= ${new Date(seen_after)}`;
  const before = seen_before === undefined ? sql`true` : sql`${heartbeat} < ${new Date(seen_before)}`;
  return sql<boolean>`(${after} and ${before})`;
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

/**
 * Marks a server as deleted and cuts its link.
 * @param version the version that it must have; undefined takes any
 * @returns false when there is no such server in that version
 */
export async function deleteServer(
  connection: Connection,
  serverId: string,
  version: number | undefined,
): Promise<boolean> {
  let query = connection
    .updateTable("servers")
    .set({ deleted_at: sql`now()`, public_key: null, session_id: null, orchestrator_id: null })
    .where("server_id", "=", serverId)
    .where("deleted_at", "is", null);
  if (version !== undefined) query = query.where("version", "=", version);
  return (await query.executeTakeFirst()).numUpdatedRows > 0n;
}

export async function countOpenTargets(connection: Connection, serverId: string): Promise<number> {
  const { count } = await connection
    .selectFrom("execution_targets")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("server_id", "=", serverId)
    .where(sql<boolean>`state in ${literals(openStates)}`)
    .executeTakeFirstOrThrow();
  return count;
}

type LiveRow = Selectable<ServersTable> & { current: ServerState; breaker_state: Breaker["state"] };

function toLiveServer(row: LiveRow): LiveServer {
  return {
    server_id: row.server_id,
    version: row.version,
    status: { current: row.current, last_heartbeat: row.last_heartbeat?.toISOString() ?? null, ...row.host_status },
    breaker: {
      state: row.breaker_state,
      mode: row.breaker_mode,
      failures: row.breaker_failures,
      retry_at: row.breaker_retry_at?.toISOString() ?? null,
    },
  };
}

function toServer(row: LiveRow & { last_success: Date | null }): Server {
  const key = row.public_key;
  return {
    ...toLiveServer(row),
    hostname: row.hostname,
    ip_address: row.ip_address,
    environment: row.environment,
    server_group: row.server_group,
    tags: row.tags,
    capabilities: row.capabilities,
    configuration: {
      agent_version: row.agent_version,
      os_info: row.os_info,
      max_concurrent_jobs: row.max_concurrent_jobs && Math.min(row.max_concurrent_jobs, row.job_limit ?? Infinity),
      job_limit: row.job_limit,
      timeout_default: row.timeout_default,
    },
    credentials: {
      key_fingerprint: key && createHash("sha256").update(Buffer.from(key, "base64url")).digest("hex"),
      last_rotation: row.key_rotated_at?.toISOString() ?? null,
    },
    metadata: {
      created_at: row.created_at.toISOString(),
      created_by: row.created_by,
      updated_at: row.updated_at.toISOString(),
      last_successful_execution: row.last_success?.toISOString() ?? null,
    },
  };
}
