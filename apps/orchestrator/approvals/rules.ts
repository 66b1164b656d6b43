import {
  type Actor,
  ApiError,
  type ApprovalRule,
  NewApprovalRule,
  type RequestOf,
  type ResponseOf,
} from "@homeslice/protocol";
import { recordChange } from "../audit/audit.ts";
import type { Context } from "../context.ts";
import { type Connection, isUniqueViolation } from "../database/database.ts";
import { preconditionFailed } from "../http/errors.ts";
import * as repository from "./ruleRepository.ts";

/** Rules by which executions need approval: looking after them. */
export class ApprovalRules {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  async list(query: RequestOf<"listApprovalRules">["query"]): Promise<ResponseOf<"listApprovalRules">> {
    const { rows, next_cursor } = await repository.listRules(this.#context.database, query);
    return { items: rows.map(toRule), next_cursor };
  }

  /** @throws ApiError not_found */
  async get(ruleId: string, connection: Connection = this.#context.database): Promise<ApprovalRule> {
    const row = await repository.findRule(connection, ruleId);
    if (row === undefined) throw new ApiError("not_found", `there is no approval rule ${ruleId}`);
    return toRule(row);
  }

  /** @throws ApiError conflict when the name is taken */
  async create(rule: NewApprovalRule, actor: Actor): Promise<ApprovalRule> {
    return await this.#write(rule, async (transaction) => {
      const row = await repository.insertRule(transaction, rule, actor.id);
      await recordChange(transaction, actor, "approval_rule.created", resource(row.rule_id, rule.name), { ...rule });
      return toRule(row);
    });
  }

  /** @throws ApiError not_found, precondition_failed, conflict when the name is taken */
  async update(
    ruleId: string,
    rule: NewApprovalRule,
    version: number | undefined,
    actor: Actor,
  ): Promise<ApprovalRule> {
    return await this.#write(rule, async (transaction) => {
      const row = await repository.updateRule(transaction, ruleId, rule, version);
      if (row === undefined) throw preconditionFailed("rule", (await this.get(ruleId, transaction)).version);
      await recordChange(transaction, actor, "approval_rule.updated", resource(ruleId, rule.name), { ...rule });
      return toRule(row);
    });
  }

  /** @throws ApiError not_found, precondition_failed */
  async delete(ruleId: string, version: number | undefined, actor: Actor): Promise<void> {
    await this.#context.database.transaction().execute(async (transaction) => {
      const name = await repository.deleteRule(transaction, ruleId, version);
      if (name === undefined) throw preconditionFailed("rule", (await this.get(ruleId, transaction)).version);
      await recordChange(transaction, actor, "approval_rule.deleted", resource(ruleId, name));
    });
  }

  async #write<T>({ name }: NewApprovalRule, write: (transaction: Connection) => Promise<T>): Promise<T> {
    try {
      return await this.#context.database.transaction().execute(write);
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      const fix = { fix: "choose another name" };
      throw new ApiError("conflict", `there is an approval rule named "${name}" already`, fix);
    }
  }
}

const resource = (id: string, name: string) => ({ type: "approval_rule", id, name }) as const;

function toRule(row: repository.RuleRow): ApprovalRule {
  return {
    rule_id: row.rule_id,
    ...NewApprovalRule.parse(row.definition),
    version: row.version,
    metadata: {
      created_at: row.created_at.toISOString(),
      created_by: row.created_by,
      updated_at: row.updated_at.toISOString(),
    },
  };
}
