import { randomUUID, timingSafeEqual } from "node:crypto";
import {
  ACCESS_TTL_SECONDS,
  type Account,
  type Actor,
  ApiError,
  type Caller,
  type Credentials,
  DEFAULT_TENANT,
  mintToken,
  type RequestOf,
  type TokenPair,
} from "@homeslice/protocol";
import type { Selectable } from "kysely";
import { recordChange } from "../audit/audit.ts";
import type { Context } from "../context.ts";
import type { AccountsTable } from "../database/accessTables.ts";
import { narrowTo } from "../database/tenancy.ts";
import type { RateLimits } from "../http/rateLimits/rateLimits.ts";
import type { Limit } from "../http/rateLimits/tokenBuckets.ts";
import * as repository from "./accountRepository.ts";
import { createAccount } from "./accounts.ts";
import { hashPassword, verifyPassword } from "./passwords.ts";
import * as refreshTokens from "./refreshTokens.ts";
import { hashSecret, newSecret } from "./secrets.ts";

type AccountRow = Selectable<AccountsTable>;

/** Passwords tried for one account from one address. */
const OF_ACCOUNT: Limit = { burst: 5, perSeconds: 60 };
/** Passwords tried from one address: each costs a good deal of memory to check. */
const OF_ADDRESS: Limit = { burst: 30, perSeconds: 60 };

/** Logging in with a local account: the rules. Works for all tenants: whose account it is, its name says. */
export class Logins {
  readonly #context: Context;
  readonly #limits: RateLimits;
  readonly #secret: Uint8Array;
  readonly #bootstrap: string | undefined;

  /** @param bootstrap the one-time secret that makes the first account */
  constructor(context: Context, limits: RateLimits, secret: Uint8Array, bootstrap: string | undefined) {
    this.#context = context;
    this.#limits = limits;
    this.#secret = secret;
    this.#bootstrap = bootstrap;
  }

  /** A pair of tokens. @throws ApiError as `authenticate` */
  async logIn(credentials: Credentials, actor: Actor): Promise<TokenPair> {
    const account = await this.authenticate(credentials, actor);
    const database = this.#context.databases.tenant(account.tenant_id);
    const resource = { type: "account", id: account.account_id, name: account.username } as const;
    await recordChange(database, { ...actor, id: account.username }, "login.succeeded", resource, { by: "password" });
    return await this.#issue(account, randomUUID());
  }

  /** The account of a name and password. @throws ApiError not_authenticated, whatever was wrong; TooManyRequests */
  async authenticate({ username, password }: Credentials, actor: Actor): Promise<AccountRow> {
    await this.#limits.demand(
      { kind: "password", of: `${actor.ip_address}`, ...OF_ADDRESS },
      { kind: "password", of: `${actor.ip_address} ${username}`, ...OF_ACCOUNT },
    );
    const { database } = this.#context;
    const account = await repository.findAccountByName(database, username);
    const open = account !== undefined && !account.disabled && !isClosed(account, this.#context.now());
    const right = await verifyPassword(password, open ? account.password_hash : undefined);
    if (account === undefined || !right) {
      if (open) await repository.noteFailure(database, account.account_id);
      await this.#context.refusals.record({
        event_type: "login.refused",
        actor,
        resource: { type: "account", id: account?.account_id ?? null },
        reason: "wrong name or password",
        tenant: account?.tenant_id,
      });
      throw new ApiError("not_authenticated", "the name or the password is wrong", {
        fix: "after several wrong attempts an account is closed for a while: wait before you try again",
      });
    }
    await repository.noteSuccess(database, account.account_id);
    return account;
  }

  /** The next pair for a refresh token, which is used up. @throws ApiError not_authenticated */
  async refresh({ refresh_token }: RequestOf<"refreshTokens">["body"], actor: Actor): Promise<TokenPair> {
    const { database, now } = this.#context;
    const hash = hashSecret(refresh_token);
    const used = await refreshTokens.useRefreshToken(database, hash, now());
    if (used !== undefined && !used.disabled) return await this.#issue(used, used.family_id);
    const stolen = await refreshTokens.findUsed(database, hash);
    if (stolen !== undefined) {
      // Two hold the same token, and one of them is not who they should be: both have to log in again.
      await refreshTokens.deleteFamily(database, stolen.family_id);
      await this.#context.refusals.record({
        event_type: "refresh.reused",
        actor,
        resource: { type: "account", id: stolen.account_id, name: stolen.username },
        reason: "a refresh token was used twice: all that came of its login is revoked",
        tenant: stolen.tenant_id,
      });
    }
    throw new ApiError("not_authenticated", "the refresh token is unknown, used or over", { fix: "log in again" });
  }

  /** Ends the login that a refresh token came of; one that is unknown is over already. */
  async revoke({ refresh_token }: RequestOf<"revokeTokens">["body"], actor: Actor): Promise<void> {
    const ended = await refreshTokens.deleteFamilyOf(this.#context.database, hashSecret(refresh_token));
    if (ended === undefined) return;
    const { tenant_id, account_id, username } = ended;
    const resource = { type: "account", id: account_id, name: username } as const;
    await recordChange(this.#context.databases.tenant(tenant_id), { ...actor, id: username }, "logout", resource);
  }

  /** Makes the first account, an admin of the default tenant. @throws ApiError not_authenticated */
  async bootstrap({ secret, username, password }: RequestOf<"bootstrap">["body"], actor: Actor): Promise<Account> {
    const expected = this.#bootstrap;
    const known = expected !== undefined && timingSafeEqual(hashSecret(secret), hashSecret(expected));
    if (!known) throw bootstrapRefused();
    const password_hash = await hashPassword(password);
    return await this.#context.database.transaction().execute(async (transaction) => {
      const fresh = await repository.useBootstrap(transaction, hashSecret(secret));
      if (!fresh || (await repository.hasAccounts(transaction))) throw bootstrapRefused();
      await narrowTo(transaction, DEFAULT_TENANT);
      return await createAccount(transaction, { username, role: "admin" }, password_hash, { ...actor, id: username });
    });
  }

  async #issue(account: Pick<AccountRow, "account_id" | "tenant_id" | "username" | "role">, family_id: string) {
    const refresh_token = newSecret("hsr");
    const { database, now } = this.#context;
    await refreshTokens.insertRefreshToken(database, account, family_id, hashSecret(refresh_token), now());
    const access_token = await mintToken(this.#secret, callerOf(account), ACCESS_TTL_SECONDS, now());
    return { access_token, token_type: "Bearer", expires_in: ACCESS_TTL_SECONDS, refresh_token } as const;
  }
}

/** As whom somebody calls who is logged in with an account. */
export function callerOf({ username, role, tenant_id }: Pick<AccountRow, "username" | "role" | "tenant_id">): Caller {
  return { subject: username, role, tenant: tenant_id };
}

function isClosed({ retry_at }: AccountRow, now: Date): boolean {
  return retry_at !== null && retry_at > now;
}

function bootstrapRefused(): ApiError {
  return new ApiError("not_authenticated", "the secret is unknown or used, or there is an account already", {
    fix: "an admin can make further accounts: POST /api/v1/accounts",
  });
}
