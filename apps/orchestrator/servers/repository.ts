import { createHash } from "node:crypto";
import type { AgentDescription, HostStatus, NewServer, Server, ServerState } from "@homeslice/protocol";
import { type Selectable, sql } from "kysely";
import type { Connection } from "../database/database.ts";
import type { ServersTable } from "../database/tables.ts";
import { openStates } from "../executions/state.ts";

/** Connected or not, and with or without open work: derived, so that it cannot be out of date. */
const currentState = sql<ServerState>`case
  when servers.session_id is null or servers.session_expires_at < now() then 'unreachable'
  when exists (select from execution_targets t
    where t.server_id = servers.server_id and t.state in (${sql.join(openStates)})) then 'busy'
  else 'idle' end`;

function selectServers(connection: Connection) {
  return connection
    .selectFrom("servers")
    .selectAll()
    .select(currentState.as("current"))
    .where("deleted_at", "is", null);
}

export interface ServerListing {
  readonly status?: ServerState | undefined;
  readonly environment?: Server["environment"] | undefined;
  readonly tag?: string | undefined;
  readonly hostname?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Servers, newest first, that come after the cursor. */
export async function listServers(connection: Connection, listing: ServerListing): Promise<Server[]> {
  const { status, environment, tag, hostname, limit, cursor } = listing;
  let query = selectServers(connection).orderBy("server_id", "desc").limit(limit);
  if (cursor !== undefined) query = query.where("server_id", "<", cursor);
  if (environment !== undefined) query = query.where("environment", "=", environment);
  if (hostname !== undefined) query = query.where("hostname", "=", hostname);
  if (tag !== undefined) query = query.where(sql<boolean>`${tag} = any(tags)`);
  if (status !== undefined) query = query.where(currentState, "=", status);
  return (await query.execute()).map(toServer);
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

const hash = (token: string) => createHash("sha256").update(token).digest();

/** Only the hash is stored: a copy of the database lets nobody enrol. */
export async function insertEnrolmentToken(
  connection: Connection,
  token: string,
  serverId: string,
  expiresAt: Date,
): Promise<void> {
  await connection
    .insertInto("enrolment_tokens")
    .values({ token_hash: hash(token), server_id: serverId, expires_at: expiresAt })
    .execute();
}

/** Uses up a token. @returns the server that it was made for, undefined when it is unknown, over or used */
export async function useEnrolmentToken(connection: Connection, token: string, now: Date): Promise<string | undefined> {
  const used = await connection
    .updateTable("enrolment_tokens")
    .set({ used_at: now })
    .where("token_hash", "=", hash(token))
    .where("used_at", "is", null)
    .where("expires_at", ">", now)
    .returning("server_id")
    .executeTakeFirst();
  return used?.server_id;
}

/** Gives a server the key of its agent, once. @returns whether it had none before */
export async function setServerKey(connection: Connection, serverId: string, publicKey: string): Promise<boolean> {
  const updated = await connection
    .updateTable("servers")
    .set({ public_key: publicKey, key_rotated_at: sql`now()`, updated_at: sql`now()` })
    .where("server_id", "=", serverId)
    .where("public_key", "is", null)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  return updated.numUpdatedRows > 0n;
}

export async function findServerKey(connection: Connection, serverId: string): Promise<string | undefined> {
  const row = await connection
    .selectFrom("servers")
    .select("public_key")
    .where("server_id", "=", serverId)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  return row?.public_key ?? undefined;
}

/** A link between an agent and one orchestrator. */
export interface Session {
  readonly sessionId: string;
  readonly serverId: string;
}

/** Makes a link the one of its server; an older one, here or in another replica, loses its claim at once. */
export async function openSession(
  connection: Connection,
  session: Session & { orchestratorId: string; ttlMs: number; address: string },
  agent: AgentDescription,
  status: HostStatus,
): Promise<void> {
  await connection
    .updateTable("servers")
    .set({
      session_id: session.sessionId,
      orchestrator_id: session.orchestratorId,
      session_expires_at: inMilliseconds(session.ttlMs),
      ip_address: session.address,
      agent_version: agent.version,
      os_info: agent.os_info,
      capabilities: agent.capabilities,
      max_concurrent_jobs: agent.max_concurrent_jobs,
      host_status: JSON.stringify(status),
      last_heartbeat: sql`now()`,
    })
    .where("server_id", "=", session.serverId)
    .execute();
}

/** Notes a heartbeat and renews the link. @returns false when the server has another link, or none, by now */
export async function renewSession(
  connection: Connection,
  session: Session,
  ttlMs: number,
  status: HostStatus,
): Promise<boolean> {
  const renewed = await connection
    .updateTable("servers")
    .set({
      host_status: JSON.stringify(status),
      last_heartbeat: sql`now()`,
      session_expires_at: inMilliseconds(ttlMs),
    })
    .where("server_id", "=", session.serverId)
    .where("session_id", "=", session.sessionId)
    .executeTakeFirst();
  return renewed.numUpdatedRows > 0n;
}

const noSession = { session_id: null, orchestrator_id: null, session_expires_at: null };

/** Ends a link. @returns whether it still was the one of its server */
export async function closeSession(connection: Connection, session: Session): Promise<boolean> {
  const closed = await connection
    .updateTable("servers")
    .set(noSession)
    .where("server_id", "=", session.serverId)
    .where("session_id", "=", session.sessionId)
    .executeTakeFirst();
  return closed.numUpdatedRows > 0n;
}

/** Ends the links that were not renewed in time. @returns their servers */
export async function expireSessions(connection: Connection): Promise<string[]> {
  const expired = await connection
    .updateTable("servers")
    .set(noSession)
    .where("session_expires_at", "<", sql<Date>`now()`)
    .returning("server_id")
    .execute();
  return expired.map(({ server_id }) => server_id);
}

/** By the clock of the database, the only one that all replicas share. */
function inMilliseconds(milliseconds: number) {
  return sql<Date>`now() + ${milliseconds} * interval '1 millisecond'`;
}

function toServer(row: Selectable<ServersTable> & { current: ServerState }): Server {
  const key = row.public_key;
  return {
    server_id: row.server_id,
    hostname: row.hostname,
    ip_address: row.ip_address,
    environment: row.environment,
    server_group: row.server_group,
    tags: row.tags,
    capabilities: row.capabilities,
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
    metadata: {
      created_at: row.created_at.toISOString(),
      created_by: row.created_by,
      updated_at: row.updated_at.toISOString(),
      last_successful_execution: row.last_successful_execution?.toISOString() ?? null,
    },
  };
}
