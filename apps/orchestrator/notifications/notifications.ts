import {
  type Actor,
  ApiError,
  type Delivery,
  NewNotificationRule,
  type NotificationRule,
  type RequestOf,
  type ResponseOf,
} from "@homeslice/protocol";
import { recordChange } from "../audit/audit.ts";
import type { Context } from "../context.ts";
import { type Definition, Definitions, metadataOf } from "../definitions/definitions.ts";
import { countChannels, listDeliveries, revive } from "./deliveries.ts";

/** Who is told of what, and what became of it. */
export class Notifications {
  readonly #context: Context;
  readonly #definitions: Definitions;

  constructor(context: Context) {
    this.#context = context;
    this.#definitions = new Definitions(context, {
      table: "notification_rules",
      id: "rule_id",
      noun: "notification rule",
      resource: "notification_rule",
    });
  }

  async listRules(query: RequestOf<"listNotificationRules">["query"]): Promise<ResponseOf<"listNotificationRules">> {
    const { rows, next_cursor } = await this.#definitions.list(query);
    return { items: rows.map(toRule), next_cursor };
  }

  /** @throws ApiError not_found */
  async getRule(ruleId: string): Promise<NotificationRule> {
    return toRule(await this.#definitions.get(ruleId));
  }

  /** @throws ApiError conflict when the name is taken, invalid_request when a channel does not exist */
  async createRule(rule: NewNotificationRule, actor: Actor): Promise<NotificationRule> {
    await this.#refuseUnknown(rule);
    return toRule(await this.#definitions.create({ name: rule.name, definition: rule }, actor));
  }

  /** @throws ApiError not_found, precondition_failed, and as `createRule` */
  async updateRule(
    ruleId: string,
    rule: NewNotificationRule,
    version: number | undefined,
    actor: Actor,
  ): Promise<NotificationRule> {
    await this.#refuseUnknown(rule);
    return toRule(await this.#definitions.update(ruleId, { name: rule.name, definition: rule }, version, actor));
  }

  /** @throws ApiError not_found, precondition_failed */
  async deleteRule(ruleId: string, version: number | undefined, actor: Actor): Promise<void> {
    await this.#definitions.delete(ruleId, version, actor);
  }

  async deliveries(query: RequestOf<"listDeliveries">["query"]): Promise<ResponseOf<"listDeliveries">> {
    return await listDeliveries(this.#context.database, query);
  }

  /** Has what was given up tried again. @throws ApiError not_found */
  async retry(deliveryId: string, actor: Actor): Promise<Delivery> {
    return await this.#context.database.transaction().execute(async (transaction) => {
      const delivery = await revive(transaction, deliveryId);
      if (delivery === undefined)
        throw new ApiError("not_found", `there is no notification ${deliveryId} that was given up`);
      await recordChange(transaction, actor, "notification.retried", { type: "notification", id: deliveryId });
      return delivery;
    });
  }

  async #refuseUnknown({ channel_ids }: NewNotificationRule): Promise<void> {
    const wanted = new Set(channel_ids);
    if ((await countChannels(this.#context.database, [...wanted])) === wanted.size) return;
    throw new ApiError("invalid_request", "the request has 1 problem", {
      errors: [{ path: "body.channel_ids", message: "names a channel that does not exist" }],
    });
  }
}

function toRule(row: Definition): NotificationRule {
  const { id: rule_id, version } = row;
  return { rule_id, ...NewNotificationRule.parse(row.definition), version, metadata: metadataOf(row) };
}
