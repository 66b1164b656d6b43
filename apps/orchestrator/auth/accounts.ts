import {
  type Account,
  type AccountChange,
  type Actor,
  ApiError,
  type NewAccount,
  type RequestOf,
  type ResponseOf,
} from "@homeslice/protocol";
import type { Selectable } from "kysely";
import { recordChange } from "../audit/audit.ts";
import type { Context } from "../context.ts";
import type { AccountsTable } from "../database/accessTables.ts";
import { type Connection, isUniqueViolation } from "../database/database.ts";
import { preconditionFailed } from "../http/errors.ts";
import { deleteSubscriptionsOf } from "../push/repository.ts";
import * as repository from "./accountRepository.ts";
import { hashPassword } from "./passwords.ts";

/** Local accounts of a tenant: the rules. */
export class Accounts {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  async list(query: RequestOf<"listAccounts">["query"]): Promise<ResponseOf<"listAccounts">> {
    const { rows, next_cursor } = await repository.listAccounts(this.#context.database, query);
    return { items: rows.map(toAccount), next_cursor };
  }

  /** @throws ApiError conflict when the name is taken */
  async create(account: NewAccount, actor: Actor): Promise<Account> {
    const password_hash = await hashPassword(account.password);
    return await this.#context.database
      .transaction()
      .execute(async (transaction) => await createAccount(transaction, account, password_hash, actor));
  }

  /** Changes an account and ends everything that it is logged in to. @throws ApiError not_found, precondition_failed */
  async change(
    accountId: string,
    { password, ...change }: AccountChange,
    version: number | undefined,
    actor: Actor,
  ): Promise<Account> {
    const hash = password === undefined ? {} : { password_hash: await hashPassword(password) };
    return await this.#context.database.transaction().execute(async (transaction) => {
      const row = await repository.updateAccount(transaction, accountId, { ...change, ...hash }, version);
      if (row === undefined) throw await refusal(transaction, accountId);
      await repository.endLogins(transaction, accountId);
      if (row.disabled) await deleteSubscriptionsOf(transaction, row.username);
      const details = { ...change, password: password === undefined ? "unchanged" : "changed" };
      const resource = { type: "account", id: accountId, name: row.username } as const;
      await recordChange(transaction, actor, "account.changed", resource, details);
      return toAccount(row);
    });
  }

  /** @throws ApiError not_found, precondition_failed */
  async delete(accountId: string, version: number | undefined, actor: Actor): Promise<void> {
    await this.#context.database.transaction().execute(async (transaction) => {
      const username = await repository.deleteAccount(transaction, accountId, version);
      if (username === undefined) throw await refusal(transaction, accountId);
      await deleteSubscriptionsOf(transaction, username);
      await recordChange(transaction, actor, "account.deleted", { type: "account", id: accountId, name: username });
    });
  }
}

/** Adds an account and tells of it. @throws ApiError conflict when the name is taken */
export async function createAccount(
  transaction: Connection,
  { username, role }: Pick<NewAccount, "username" | "role">,
  password_hash: string,
  actor: Actor,
): Promise<Account> {
  try {
    const row = await repository.insertAccount(transaction, { username, role, password_hash, created_by: actor.id });
    const resource = { type: "account", id: row.account_id, name: username } as const;
    await recordChange(transaction, actor, "account.created", resource, { role });
    return toAccount(row);
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new ApiError("conflict", `the name "${username}" is taken`, { fix: "choose another name" });
  }
}

/** Why an account could not be changed. */
async function refusal(connection: Connection, accountId: string): Promise<ApiError> {
  const account = await repository.findAccount(connection, accountId);
  if (account === undefined) return new ApiError("not_found", `there is no account ${accountId}`);
  return preconditionFailed("account", account.version);
}

function toAccount(row: Selectable<AccountsTable>): Account {
  const { account_id, username, role, disabled, version, created_at, created_by } = row;
  return { account_id, username, role, disabled, version, created_at: created_at.toISOString(), created_by };
}
