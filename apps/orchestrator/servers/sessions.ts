import type { AgentDescription, HostStatus } from "@homeslice/protocol";
import { sql } from "kysely";
import type { Connection } from "../database/database.ts";

/** A link between an agent and one orchestrator. */
export interface Session {
  readonly sessionId: string;
  readonly serverId: string;
}

/** A link that is to be the one of its server. */
export interface NewSession extends Session {
  readonly orchestratorId: string;
  readonly ttlMs: number;
  readonly address: string;
  /** The number of the link before it. */
  readonly linkEpoch: number;
}

/**
 * Makes a link the one of its server; an older one, here or in another replica, loses its claim at once.
 * @returns whether it is: not when another link has become that meanwhile
 */
export async function openSession(
  connection: Connection,
  session: NewSession,
  agent: AgentDescription,
  status: HostStatus,
): Promise<boolean> {
  const opened = await connection
    .updateTable("servers")
    .set({
      session_id: session.sessionId,
      link_epoch: session.linkEpoch + 1,
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
    .where("link_epoch", "=", session.linkEpoch)
    .executeTakeFirst();
  return opened.numUpdatedRows > 0n;
}

/** A sign of life of an agent. */
export interface Renewal extends Session {
  readonly status: HostStatus;
}

/** Notes heartbeats and renews their links. @returns the links that still are those of their servers */
export async function renewSessions(
  connection: Connection,
  renewals: readonly Renewal[],
  ttlMs: number,
): Promise<Set<string>> {
  const { rows } = await sql<{ session_id: string }>`
    with alive as (
      select s.server_id, r.status
      from jsonb_to_recordset(${JSON.stringify(renewals)}::jsonb)
        as r ("serverId" uuid, "sessionId" uuid, status jsonb)
      join servers s on s.server_id = r."serverId" and s.session_id = r."sessionId"
      order by s.server_id for no key update of s
    )
    update servers s set host_status = alive.status, last_heartbeat = now(),
      session_expires_at = ${inMilliseconds(ttlMs)}
    from alive where alive.server_id = s.server_id returning s.session_id`.execute(connection);
  return new Set(rows.map(({ session_id }) => session_id));
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

/** What people call some servers. */
export async function findNames(
  connection: Connection,
  serverIds: readonly string[],
): Promise<{ tenant_id: string; hostname: string }[]> {
  if (serverIds.length === 0) return [];
  return await connection
    .selectFrom("servers")
    .select(["tenant_id", "hostname"])
    .where("server_id", "in", [...serverIds])
    .execute();
}
