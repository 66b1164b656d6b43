import type { RequestOf } from "@homeslice/protocol";
import { type Insertable, type Selectable, sql } from "kysely";
import type { AccountsTable } from "../database/accessTables.ts";
import type { Connection } from "../database/database.ts";
import { containing, type ListOrder, Page, textKey } from "../database/keyset.ts";
import { ofTenant } from "../database/tenancy.ts";

type AccountRow = Selectable<AccountsTable>;

/** Wrong passwords in a row that cost nothing but the time to type them. */
const FREE_FAILURES = 5;
/** The longest that an account is closed after another wrong password, in seconds. */
const MAX_BACKOFF_SECONDS = 900;

const order: ListOrder<"created" | "username"> = {
  id: { column: "account_id", type: "uuid" },
  keys: { created: undefined, username: textKey("username") },
};

/** A page of accounts, and the cursor of the next one. */
export async function listAccounts(
  connection: Connection,
  listing: RequestOf<"listAccounts">["query"],
): Promise<{ rows: AccountRow[]; next_cursor: string | null }> {
  const { role, disabled, search } = listing;
  const page = new Page(order, listing);
  let query = connection.selectFrom("accounts").selectAll().select(page.place).where(ofTenant).where(page.follows);
  if (role !== undefined) query = query.where("role", "=", role);
  if (disabled !== undefined) query = query.where("disabled", "=", disabled === "true");
  if (search !== undefined) query = query.where(containing(search, "username"));
  return page.of(await query.orderBy(page.orderBy).limit(page.limit).execute());
}

export async function insertAccount(connection: Connection, row: Insertable<AccountsTable>): Promise<AccountRow> {
  return await connection.insertInto("accounts").values(row).returningAll().executeTakeFirstOrThrow();
}

/**
 * @param version the version that it must have; undefined takes any
 * @returns undefined when there is no such account in that version
 */
export async function updateAccount(
  connection: Connection,
  accountId: string,
  change: {
    readonly role?: AccountRow["role"] | undefined;
    readonly disabled?: boolean | undefined;
    readonly password_hash?: string | undefined;
  },
  version: number | undefined,
): Promise<AccountRow | undefined> {
  let query = connection
    .updateTable("accounts")
    .set(({ eb }) => ({ ...change, failed_logins: 0, retry_at: null, version: eb("version", "+", 1) }))
    .where("account_id", "=", accountId);
  if (version !== undefined) query = query.where("version", "=", version);
  return await query.returningAll().executeTakeFirst();
}

/**
 * @param version the version that it must have; undefined takes any
 * @returns its name, undefined when there is no such account in that version
 */
export async function deleteAccount(
  connection: Connection,
  accountId: string,
  version: number | undefined,
): Promise<string | undefined> {
  let query = connection.deleteFrom("accounts").where("account_id", "=", accountId);
  if (version !== undefined) query = query.where("version", "=", version);
  return (await query.returning("username").executeTakeFirst())?.username;
}

export async function findAccount(connection: Connection, accountId: string): Promise<AccountRow | undefined> {
  return await connection.selectFrom("accounts").selectAll().where("account_id", "=", accountId).executeTakeFirst();
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
