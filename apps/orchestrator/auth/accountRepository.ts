import { type Insertable, type Selectable, sql } from "kysely";
import type { Connection } from "../database/database.ts";
import type { AccountsTable } from "../database/tables.ts";
import { ofTenant } from "../database/tenancy.ts";

type AccountRow = Selectable<AccountsTable>;

/** Wrong passwords in a row that cost nothing but the time to type them. */
const FREE_FAILURES = 5;
/** The longest that an account is closed after another wrong password, in seconds. */
const MAX_BACKOFF_SECONDS = 900;

/** Accounts, newest first, that come after the cursor. */
export async function listAccounts(connection: Connection, limit: number, cursor?: string): Promise<AccountRow[]> {
  let query = connection.selectFrom("accounts").selectAll().where(ofTenant).orderBy("account_id", "desc").limit(limit);
  if (cursor !== undefined) query = query.where("account_id", "<", cursor);
  return await query.execute();
}

export async function insertAccount(connection: Connection, row: Insertable<AccountsTable>): Promise<AccountRow> {
  return await connection.insertInto("accounts").values(row).returningAll().executeTakeFirstOrThrow();
}

export async function updateAccount(
  connection: Connection,
  accountId: string,
  change: {
    readonly role?: AccountRow["role"] | undefined;
    readonly disabled?: boolean | undefined;
    readonly password_hash?: string | undefined;
  },
): Promise<AccountRow | undefined> {
  return await connection
    .updateTable("accounts")
    .set({ ...change, failed_logins: 0, retry_at: null })
    .where("account_id", "=", accountId)
    .returningAll()
    .executeTakeFirst();
}

/** @returns its name, undefined when there is no such account */
export async function deleteAccount(connection: Connection, accountId: string): Promise<string | undefined> {
  const deleted = await connection
    .deleteFrom("accounts")
    .where("account_id", "=", accountId)
    .returning("username")
    .executeTakeFirst();
  return deleted?.username;
}

/** Ends every session and every chain of refresh tokens of an account. */
export async function endLogins(connection: Connection, accountId: string): Promise<void> {
  await connection.deleteFrom("sessions").where("account_id", "=", accountId).execute();
  await connection.deleteFrom("refresh_tokens").where("account_id", "=", accountId).execute();
}

export async function findAccountByName(connection: Connection, username: string): Promise<AccountRow | undefined> {
  return await connection.selectFrom("accounts").selectAll().where("username", "=", username).executeTakeFirst();
}

/** Notes a wrong password: after a few, each further one closes the account for twice as long. */
export async function noteFailure(connection: Connection, accountId: string): Promise<void> {
  await sql`update accounts set failed_logins = failed_logins + 1, retry_at = case
      when failed_logins + 1 < ${FREE_FAILURES} then null
      else now() + least(${MAX_BACKOFF_SECONDS}, power(2, least(20, failed_logins + 1 - ${FREE_FAILURES}))) * interval '1 second'
    end where account_id = ${accountId}`.execute(connection);
}

/** Notes a login that succeeded. */
export async function noteSuccess(connection: Connection, accountId: string): Promise<void> {
  await connection
    .updateTable("accounts")
    .set({ failed_logins: 0, retry_at: null })
    .where("account_id", "=", accountId)
    .where("failed_logins", ">", 0)
    .execute();
}

export async function hasAccounts(connection: Connection): Promise<boolean> {
  const row = await connection.selectFrom("accounts").select("account_id").limit(1).executeTakeFirst();
  return row !== undefined;
}

/** Uses up a bootstrap secret. @returns whether it was not used before */
export async function useBootstrap(connection: Connection, secret_hash: Buffer): Promise<boolean> {
  const used = await connection
    .insertInto("used_bootstraps")
    .values({ secret_hash })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return (used.numInsertedOrUpdatedRows ?? 0n) > 0n;
}
