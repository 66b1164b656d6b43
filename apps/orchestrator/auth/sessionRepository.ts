import { type Insertable, type Selectable, sql } from "kysely";
import type { SessionsTable } from "../database/accessTables.ts";
import type { Connection } from "../database/database.ts";

/** A session that nobody uses for so long is over. */
const IDLE_MINUTES = 30;

const alive = sql<boolean>`expires_at > now() and last_used_at > now() - ${IDLE_MINUTES} * interval '1 minute'`;

/** Adds a session, and lets those that are over go. */
export async function insertSession(connection: Connection, session: Insertable<SessionsTable>): Promise<void> {
  await connection
    .with("old", (query) => query.deleteFrom("sessions").where(sql<boolean>`not (${alive})`))
    .insertInto("sessions")
    .values(session)
    .execute();
}

/** The session of a cookie, which thereby is in use; noted once a minute. */
export async function useSession(
  connection: Connection,
  hash: Buffer,
): Promise<Pick<Selectable<SessionsTable>, "subject" | "role" | "groups" | "tenant_id"> | undefined> {
  const session = await connection
    .selectFrom("sessions")
    .select(["subject", "role", "groups", "tenant_id"])
    .select(sql<boolean>`last_used_at < now() - interval '1 minute'`.as("stale"))
    .where("session_hash", "=", hash)
    .where(alive)
    .executeTakeFirst();
  if (session?.stale) {
    await connection
      .updateTable("sessions")
      .set({ last_used_at: sql`now()` })
      .where("session_hash", "=", hash)
      .execute();
  }
  return session;
}

/** @returns the session that was ended, undefined when there was none */
export async function deleteSession(
  connection: Connection,
  hash: Buffer,
): Promise<Selectable<SessionsTable> | undefined> {
  return await connection.deleteFrom("sessions").where("session_hash", "=", hash).returningAll().executeTakeFirst();
}

/** Ends what the identity provider says is over: one login there, or all of a person's. @returns how many */
export async function deleteSessionsOf(
  connection: Connection,
  provider: { readonly sub?: string | undefined; readonly sid?: string | undefined },
): Promise<number> {
  let query = connection.deleteFrom("sessions").where("provider_subject", "is not", null);
  if (provider.sub !== undefined) query = query.where("provider_subject", "=", provider.sub);
  if (provider.sid !== undefined) query = query.where("provider_session", "=", provider.sid);
  return Number((await query.executeTakeFirst()).numDeletedRows);
}
