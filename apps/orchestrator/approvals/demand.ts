import { type RawBuilder, sql } from "kysely";
import type { Place } from "../database/statement.ts";
import { ofTenant } from "../database/tenancy.ts";

/** What decides whether an execution needs approval. */
export interface Subject {
  readonly actionId: string | null;
  readonly actionType: string;
  readonly serverIds: readonly string[];
}

/** What the rules ask for together: the most people, within the shortest time. */
export interface Demand {
  readonly needed: number;
  readonly expires_after_seconds: number;
  readonly rules: string[];
}

/** What the rules of the tenant ask for before an execution may begin, in one row; its `rules` are null when none applies. */
export function demandFor(place: Place<Subject>): RawBuilder<Demand | { rules: null }> {
  const serverIds = sql`${place("serverIds")}::uuid[]`;
  const among = (field: string, value: RawBuilder<string | null>) =>
    sql`(definition -> ${sql.lit(field)} = '[]' or definition -> ${sql.lit(field)} ? coalesce(${value}, ''))`;
  return sql`
    select max((definition ->> 'approvals')::integer) as needed, array_agg(name order by name) as rules,
      min((definition ->> 'expires_after_seconds')::integer) as expires_after_seconds
    from approval_rules
    where ${ofTenant} and ${among("action_template_ids", place("actionId"))}
      and ${among("action_types", place("actionType"))}
      and (definition ->> 'min_targets')::integer <= cardinality(${serverIds})
      and (definition -> 'environments' = '[]' or exists (
        select from servers s where s.server_id = any(${serverIds}) and definition -> 'environments' ? s.environment))`;
}
