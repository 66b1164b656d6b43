import { sql } from "kysely";
import { hashSecret } from "../auth/secrets.ts";
import type { Connection } from "../database/database.ts";

/** Only the hash is stored: a copy of the database lets nobody enrol. */
export async function insertEnrolmentToken(
  connection: Connection,
  token: string,
  serverId: string,
  expiresAt: Date,
): Promise<void> {
  await connection
    .insertInto("enrolment_tokens")
    .values({ token_hash: hashSecret(token), server_id: serverId, expires_at: expiresAt })
    .execute();
}

/** Uses up a token. @returns the server that it was made for, undefined when it is unknown, over or used */
export async function useEnrolmentToken(
  connection: Connection,
  token: string,
  now: Date,
): Promise<{ server_id: string; tenant_id: string } | undefined> {
  return await connection
    .updateTable("enrolment_tokens")
    .set({ used_at: now })
    .where("token_hash", "=", hashSecret(token))
    .where("used_at", "is", null)
    .where("expires_at", ">", now)
    .returning(["server_id", "tenant_id"])
    .executeTakeFirst();
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

/** What an agent that says hello is held against. */
export interface KnownAgent {
  readonly publicKey: string;
  /** The number of its latest link. */
  readonly linkEpoch: number;
}

/** The agent of a server; undefined when it has none, or the server was deleted. */
export async function findAgent(connection: Connection, serverId: string): Promise<KnownAgent | undefined> {
  const row = await connection
    .selectFrom("servers")
    .select(["public_key", "link_epoch"])
    .where("server_id", "=", serverId)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  return row?.public_key ? { publicKey: row.public_key, linkEpoch: row.link_epoch } : undefined;
}

/** The tenant of a server, also of a deleted one; undefined when there never was such a server. */
export async function findServerTenant(connection: Connection, serverId: string): Promise<string | undefined> {
  const row = await connection
    .selectFrom("servers")
    .select("tenant_id")
    .where("server_id", "=", serverId)
    .executeTakeFirst();
  return row?.tenant_id;
}
