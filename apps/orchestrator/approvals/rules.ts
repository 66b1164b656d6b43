import { type Actor, type ApprovalRule, NewApprovalRule, type RequestOf, type ResponseOf } from "@homeslice/protocol";
import type { Context } from "../context.ts";
import { type Definition, Definitions, metadataOf } from "../definitions/definitions.ts";

/** Rules by which executions need approval: looking after them. */
export class ApprovalRules {
  readonly #definitions: Definitions;

  constructor(context: Context) {
    this.#definitions = new Definitions(context, {
      table: "approval_rules",
      id: "rule_id",
      noun: "approval rule",
      resource: "approval_rule",
    });
  }

  async list(query: RequestOf<"listApprovalRules">["query"]): Promise<ResponseOf<"listApprovalRules">> {
    const { rows, next_cursor } = await this.#definitions.list(query);
    return { items: rows.map(toRule), next_cursor };
  }

  /** @throws ApiError not_found */
  async get(ruleId: string): Promise<ApprovalRule> {
    return toRule(await this.#definitions.get(ruleId));
  }

  /** @throws ApiError conflict when the name is taken */
  async create(rule: NewApprovalRule, actor: Actor): Promise<ApprovalRule> {
    return toRule(await this.#definitions.create({ name: rule.name, definition: rule }, actor));
  }

  /** @throws ApiError not_found, precondition_failed, conflict when the name is taken */
  async update(
    ruleId: string,
    rule: NewApprovalRule,
    version: number | undefined,
    actor: Actor,
  ): Promise<ApprovalRule> {
    return toRule(await this.#definitions.update(ruleId, { name: rule.name, definition: rule }, version, actor));
  }

  /** @throws ApiError not_found, precondition_failed */
  async delete(ruleId: string, version: number | undefined, actor: Actor): Promise<void> {
    await this.#definitions.delete(ruleId, version, actor);
  }
}

function toRule(row: Definition): ApprovalRule {
  const { id: rule_id, version } = row;
  return { rule_id, ...NewApprovalRule.parse(row.definition), version, metadata: metadataOf(row) };
}
