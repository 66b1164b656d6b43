import type { Kysely } from "kysely";
import { run } from "../migrationParts.ts";

/** Schedules and hooks start workflows, too. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await run(database, [
    "alter table schedule_fires add column run_id uuid",
    "alter table hook_calls add column run_id uuid",
  ]);
}
