import type { Kysely } from "kysely";
import { keepTenantsApart, run, tenantColumn } from "../migrationParts.ts";

/** What looks at stacks have found. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await run(database, [
    `create table drift_checks (
      drift_check_id uuid primary key default uuidv7(),
      ${tenantColumn},
      stack text not null,
      resources jsonb not null,
      checked integer not null,
      complete boolean not null,
      seconds double precision not null,
      checked_at timestamptz not null default now(),
      checked_by text not null
    )`,
    "create index drift_checks_stack on drift_checks (stack, drift_check_id)",
    ...keepTenantsApart("drift_checks"),
  ]);
}
