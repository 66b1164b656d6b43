import type { Kysely } from "kysely";
import { keepTenantsApart, run, tenantColumn } from "../migrationParts.ts";

/** Browsers that want to be told. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await run(database, [
    `create table push_subscriptions (
      subscription_id uuid primary key default uuidv7(),
      ${tenantColumn},
      -- Who was logged in there.
      subject text not null,
      endpoint_hash bytea not null,
      -- Where the push service takes messages, and the keys of the browser.
      sealed bytea not null,
      expires_at timestamptz not null,
      unique (tenant_id, endpoint_hash)
    )`,
    ...keepTenantsApart("push_subscriptions"),
  ]);
}
