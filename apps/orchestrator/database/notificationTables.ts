import type { MessageField, NewNotificationRule, NotificationEvent, Severity } from "@homeslice/protocol";
import type { Generated, JSONColumnType } from "kysely";
import type { Defaulted, DefinitionsTable, OfTenant } from "./columns.ts";

export interface NotificationChannelsTable extends DefinitionsTable<{ type: string; shown: string }> {
  channel_id: Generated<string>;
  sealed: Buffer;
}

export interface NotificationRulesTable extends DefinitionsTable<NewNotificationRule> {
  rule_id: Generated<string>;
}

export interface NotificationDeliveriesTable extends OfTenant {
  delivery_id: Generated<string>;
  channel_id: string;
  rule_id: string;
  event: NotificationEvent;
  severity: Severity;
  fields: JSONColumnType<Partial<Record<MessageField, string | number>>>;
  created_at: Generated<Date>;
  status: Defaulted<"pending" | "sent" | "dead">;
  attempts: Defaulted<number>;
  next_attempt_at: Date | null;
  last_error: string | null;
}
