import { type Kysely, sql } from "kysely";

/** What a check found, and what an attempt used of its server. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`alter table execution_targets add column result jsonb, add column usage jsonb`.execute(database);
}
