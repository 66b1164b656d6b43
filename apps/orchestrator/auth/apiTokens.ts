import {
  type Actor,
  ApiError,
  type ApiToken,
  type Caller,
  covers,
  permissionsOfToken,
  type RequestOf,
  type ResponseOf,
} from "@homeslice/protocol";
import { type Selectable, sql } from "kysely";
import { recordChange } from "../audit/audit.ts";
import type { Context } from "../context.ts";
import type { ApiTokensTable } from "../database/accessTables.ts";
import type { Connection } from "../database/database.ts";
import { containing, type ListOrder, Page, textKey, timeKey } from "../database/keyset.ts";
import { ofTenant } from "../database/tenancy.ts";
import { hashSecret, newSecret } from "./secrets.ts";

const DAY_MS = 86_400_000;

const order: ListOrder<"created" | "name" | "expires" | "last_used"> = {
  id: { column: "token_id", type: "uuid" },
  keys: {
    created: undefined,
    name: textKey("name"),
    expires: timeKey("expires_at"),
    last_used: timeKey("last_used_at"),
  },
};

/** Tokens of programs: the rules. */
export class ApiTokens {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  async list(listing: RequestOf<"listApiTokens">["query"]): Promise<ResponseOf<"listApiTokens">> {
    const { role, created_by, search } = listing;
    const page = new Page(order, listing);
    let query = this.#context.database
      .selectFrom("api_tokens")
      .selectAll()
      .select(page.place)
      .where(ofTenant)
      .where("expires_at", ">", sql<Date>`now()`)
      .where(page.follows);
    if (role !== undefined) query = query.where("role", "=", role);
    if (created_by !== undefined) query = query.where("created_by", "=", created_by);
    if (search !== undefined) query = query.where(containing(search, "name"));
    const { rows, next_cursor } = page.of(await query.orderBy(page.orderBy).limit(page.limit).execute());
    return { items: rows.map(toApiToken), next_cursor };
  }

  /** @throws ApiError not_permitted when it would be allowed more than whoever makes it */
  async create(
    { name, role, permissions, expires_in_days }: RequestOf<"createApiToken">["body"],
    actor: Actor,
    caller: Caller,
  ): Promise<ResponseOf<"createApiToken">> {
    const inScope =
      caller.permissions === undefined || permissions?.every((held) => caller.permissions?.includes(held));
    if (!covers(caller.role, role) || !inScope) {
      throw new ApiError("not_permitted", "a token may not do what whoever makes it may not do");
    }
    const token = newSecret("hst");
    const expires_at = new Date(this.#context.now().getTime() + expires_in_days * DAY_MS);
    const row = await this.#context.database.transaction().execute(async (transaction) => {
      const values = { token_hash: hashSecret(token), name, role, permissions, created_by: actor.id, expires_at };
      const made = await transaction.insertInto("api_tokens").values(values).returningAll().executeTakeFirstOrThrow();
      const details = { role, permissions: permissions ?? null, expires_at: expires_at.toISOString() };
      await recordChange(transaction, actor, "token.created", { type: "token", id: made.token_id, name }, details);
      return made;
    });
    return { ...toApiToken(row), token };
  }

  /** @throws ApiError not_found */
  async revoke(tokenId: string, actor: Actor): Promise<void> {
    await this.#context.database.transaction().execute(async (transaction) => {
      const revoked = await transaction
        .deleteFrom("api_tokens")
        .where("token_id", "=", tokenId)
        .returning("name")
        .executeTakeFirst();
      if (revoked === undefined) throw new ApiError("not_found", `there is no token ${tokenId}`);
      await recordChange(transaction, actor, "token.revoked", { type: "token", id: tokenId, name: revoked.name });
    });
  }
}

/** As whom a program calls that has this token; undefined when it is unknown, over or revoked. */
export async function findApiToken(connection: Connection, token: string): Promise<Caller | undefined> {
  const row = await connection
    .selectFrom("api_tokens")
    .select(["token_id", "name", "role", "permissions", "tenant_id"])
    .select(sql<boolean>`coalesce(last_used_at < now() - interval '1 minute', true)`.as("stale"))
    .where("token_hash", "=", hashSecret(token))
    .where("expires_at", ">", sql<Date>`now()`)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  if (row.stale) {
    const used = { last_used_at: sql<Date>`now()` };
    await connection.updateTable("api_tokens").set(used).where("token_id", "=", row.token_id).execute();
  }
  const { name, role, tenant_id: tenant, permissions } = row;
  return { subject: `token ${name}`, role, tenant, permissions: permissionsOfToken(role, permissions) };
}

function toApiToken(row: Selectable<ApiTokensTable>): ApiToken {
  const { token_id, name, role, permissions, created_by } = row;
  return {
    token_id,
    name,
    role,
    permissions,
    created_by,
    created_at: row.created_at.toISOString(),
    expires_at: row.expires_at.toISOString(),
    last_used_at: row.last_used_at?.toISOString() ?? null,
  };
}
