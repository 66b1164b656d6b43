import type { NewApprovalRule, RequestOf } from "@homeslice/protocol";
import { type Selectable, sql } from "kysely";
import type { ApprovalRulesTable } from "../database/approvalTables.ts";
import type { Connection } from "../database/database.ts";
import { type ListOrder, Page, textKey } from "../database/keyset.ts";
import { ofTenant } from "../database/tenancy.ts";

export type RuleRow = Selectable<ApprovalRulesTable>;

const order: ListOrder<"created" | "name"> = {
  id: { column: "rule_id", type: "uuid" },
  keys: { created: undefined, name: textKey("name") },
};

/** A page of approval rules, and the cursor of the next one. */
export async function listRules(
  connection: Connection,
  listing: RequestOf<"listApprovalRules">["query"],
): Promise<{ rows: RuleRow[]; next_cursor: string | null }> {
  const page = new Page(order, listing);
  let query = connection
    .selectFrom("approval_rules")
    .selectAll()
    .select(page.place)
    .where(ofTenant)
    .where(page.follows);
  if (listing.search !== undefined) {
    query = query.where(
      sql<boolean>`position(lower(${listing.search}) in lower(name || ' ' || (definition ->> 'description'))) > 0`,
    );
  }
  return page.of(await query.orderBy(page.orderBy).limit(page.limit).execute());
}

export async function findRule(connection: Connection, ruleId: string): Promise<RuleRow | undefined> {
  return await connection.selectFrom("approval_rules").selectAll().where("rule_id", "=", ruleId).executeTakeFirst();
}

export async function insertRule(connection: Connection, rule: NewApprovalRule, createdBy: string): Promise<RuleRow> {
  return await connection
    .insertInto("approval_rules")
    .values({ name: rule.name, definition: JSON.stringify(rule), created_by: createdBy })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** @returns the new row, undefined when there is no such rule in that version */
export async function updateRule(
  connection: Connection,
  ruleId: string,
  rule: NewApprovalRule,
  version: number | undefined,
): Promise<RuleRow | undefined> {
  let query = connection
    .updateTable("approval_rules")
    .set(({ eb }) => ({
      name: rule.name,
      definition: JSON.stringify(rule),
      version: eb("version", "+", 1),
      updated_at: sql`now()`,
    }))
    .where("rule_id", "=", ruleId);
  if (version !== undefined) query = query.where("version", "=", version);
  return await query.returningAll().executeTakeFirst();
}

/** @returns its name, undefined when there is no such rule in that version */
export async function deleteRule(
  connection: Connection,
  ruleId: string,
  version: number | undefined,
): Promise<string | undefined> {
  let query = connection.deleteFrom("approval_rules").where("rule_id", "=", ruleId);
  if (version !== undefined) query = query.where("version", "=", version);
  return (await query.returning("name").executeTakeFirst())?.name;
}

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

/** What the rules of the tenant ask for before an execution may begin; undefined when none applies. */
export async function findDemand(connection: Connection, subject: Subject): Promise<Demand | undefined> {
  const { actionId, actionType, serverIds } = subject;
  const among = (field: string, value: string | null) =>
    sql`(definition -> ${field} = '[]' or definition -> ${field} ? ${value})`;
  const { rows } = await sql<Demand>`
    select max((definition ->> 'approvals')::integer) as needed, array_agg(name order by name) as rules,
      min((definition ->> 'expires_after_seconds')::integer) as expires_after_seconds
    from approval_rules
    where ${ofTenant} and ${among("action_template_ids", actionId ?? "")} and ${among("action_types", actionType)}
      and (definition ->> 'min_targets')::integer <= ${serverIds.length}
      and (definition -> 'environments' = '[]' or exists (
        select from servers s where s.server_id = any(${serverIds}::uuid[]) and definition -> 'environments' ? s.environment))
    having count(*) > 0`.execute(connection);
  return rows[0];
}
