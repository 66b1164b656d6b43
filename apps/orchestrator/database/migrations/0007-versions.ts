import { type Kysely, sql } from "kysely";

/** Versions of what people change and had none, so that two of them do not undo each other's change unseen. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`alter table accounts add column version integer not null default 1`.execute(database);
  await sql`alter table queue_control add column version integer not null default 1`.execute(database);
}
