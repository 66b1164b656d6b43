import { type RawBuilder, sql } from "kysely";

/**
 * Constants as SQL spells a list of them. As parameters of a prepared statement, they would keep the planner from seeing
 * that a partial index serves.
 */
export function literals(values: readonly string[]): RawBuilder<unknown> {
  return sql`(${sql.join(values.map((value) => sql.lit(value)))})`;
}
