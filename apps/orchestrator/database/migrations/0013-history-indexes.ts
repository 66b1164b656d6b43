import { type Kysely, sql } from "kysely";

/** What few executions have in common is found without a look at all of them: docs/decisions/0011-indexes-for-a-million.md. */
export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(database);
}

const statements = [
  "create index executions_by_initiator on executions (tenant_id, initiated_by, execution_id desc)",
  `create index executions_by_type on executions (tenant_id, execution_type, execution_id desc)
    where execution_type <> 'single'`,
];
