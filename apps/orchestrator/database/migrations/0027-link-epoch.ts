import type { Kysely } from "kysely";
import { run } from "../migrationParts.ts";

/** Links of an agent are numbered, so that one which comes late is known by it. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await run(database, ["alter table servers add column link_epoch bigint not null default 0"]);
}
