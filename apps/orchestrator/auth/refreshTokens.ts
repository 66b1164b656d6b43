import type { Selectable } from "kysely";
import type { AccountsTable } from "../database/accessTables.ts";
import type { Connection } from "../database/database.ts";

/** How long a refresh token is good for, in milliseconds: whoever stays away longer logs in again. */
const TTL_MS = 7 * 24 * 3_600_000;

type Login = Pick<Selectable<AccountsTable>, "account_id" | "tenant_id" | "username" | "role" | "disabled"> & {
  family_id: string;
};

const ofLogin = ["t.family_id", "a.account_id", "a.tenant_id", "a.username", "a.role", "a.disabled"] as const;

/** Adds a token to its family, and lets what is over of the same account go. */
export async function insertRefreshToken(
  connection: Connection,
  { account_id, tenant_id }: Pick<Login, "account_id" | "tenant_id">,
  family_id: string,
  token_hash: Buffer,
  now: Date,
): Promise<void> {
  const expires_at = new Date(now.getTime() + TTL_MS);
  await connection
    .with("old", (query) =>
      query.deleteFrom("refresh_tokens").where("account_id", "=", account_id).where("expires_at", "<", now),
    )
    .insertInto("refresh_tokens")
    .values({ token_hash, tenant_id, family_id, account_id, expires_at })
    .execute();
}

/** Uses up a token: of several at the same time, one succeeds. @returns its login, undefined when it is unknown, used or over */
export async function useRefreshToken(connection: Connection, hash: Buffer, now: Date): Promise<Login | undefined> {
  return await connection
    .updateTable("refresh_tokens as t")
    .from("accounts as a")
    .set({ used_at: now })
    .whereRef("a.account_id", "=", "t.account_id")
    .where("t.token_hash", "=", hash)
    .where("t.used_at", "is", null)
    .where("t.expires_at", ">", now)
    .returning(ofLogin)
    .executeTakeFirst();
}

/** The login of a token that was used before. */
export async function findUsed(connection: Connection, hash: Buffer): Promise<Login | undefined> {
  return await selectLogin(connection, hash).where("t.used_at", "is not", null).executeTakeFirst();
}

export async function deleteFamily(connection: Connection, familyId: string): Promise<void> {
  await connection.deleteFrom("refresh_tokens").where("family_id", "=", familyId).execute();
}

/** Ends the login of a token. @returns it, undefined when there is no such token */
export async function deleteFamilyOf(connection: Connection, hash: Buffer): Promise<Login | undefined> {
  const login = await selectLogin(connection, hash).executeTakeFirst();
  if (login !== undefined) await deleteFamily(connection, login.family_id);
  return login;
}

function selectLogin(connection: Connection, hash: Buffer) {
  return connection
    .selectFrom("refresh_tokens as t")
    .innerJoin("accounts as a", "a.account_id", "t.account_id")
    .select(ofLogin)
    .where("t.token_hash", "=", hash);
}
