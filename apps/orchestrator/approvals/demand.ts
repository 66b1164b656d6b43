import { type RawBuilder, sql } from "kysely";
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
export function demandFor(
  subject: {
    readonly [Part in keyof Subject]: RawBuilder<Subject[Part]>;
  },
): RawBuilder<Demand | { rules: null }> {
  const { actionId, actionType, serverIds } = subject;
  const among = (field: string, value: RawBuilder<string | null>) =>
    sql`(definition -> ${sql.lit(field)} = '[]' or definition -> ${sql.lit(field)} ? coalesce(${value}, ''))`;
  return sql`
    select max((definition ->> 'approvals')::integer) as needed, array_agg(name order by name) as rules,
      min((definition ->> 'expires_after_seconds')::integer) as expires_after_seconds
    from approval_rules
    where ${ofTenant} and ${among("action_template_ids", actionId)} and ${among("action_types", actionType)}
      and (definition ->> 'min_targets')::integer <= cardinality(${serverIds}::uuid[])
      and (definition -> 'environments' = '[]' or exists (
        select from servers s where s.server_id = any(${serverIds}::uuid[]) and definition -> 'environments' ? s.environment))`;
}
