import { type MessageField, type NotificationEvent, notificationEvents, severities } from "@homeslice/protocol";
import { type RawBuilder, sql } from "kysely";
import type { Connection } from "../database/database.ts";

/** Something that people may want to be told of. */
export interface Occurrence {
  readonly tenant_id: string;
  readonly event: NotificationEvent;
  readonly fields: Partial<Record<MessageField, string | number>>;
}

/** Tells of what has happened, in the transaction in which it does: to each channel that a rule names for it. */
export async function announce(transaction: Connection, occurrences: readonly Occurrence[]): Promise<void> {
  if (occurrences.length === 0) return;
  const rows = JSON.stringify(occurrences);
  await insertDeliveries(
    transaction,
    sql`select tenant_id, event, fields from jsonb_to_recordset(${rows}::jsonb)
      as occurrence (tenant_id text, event text, fields jsonb)`,
  );
}

/** Tells of executions that have just ended. Without a rule, this is one look into an empty table. */
export async function announceEnds(transaction: Connection, executionIds: readonly string[]): Promise<void> {
  if (executionIds.length === 0) return;
  const event = sql`case when e.state in ('succeeded', 'cancelled') then 'execution.' || e.state else 'execution.failed' end`;
  await insertDeliveries(transaction, ofExecutions(executionIds, event));
}

/** Tells of an execution that waits to be approved. */
export async function announceRequest(transaction: Connection, executionId: string): Promise<void> {
  await insertDeliveries(transaction, ofExecutions([executionId], sql`'approval.requested'`));
}

const ofExecutions = (executionIds: readonly string[], event: RawBuilder<unknown>) => sql`
  select e.tenant_id, ${event} as event,
    jsonb_strip_nulls(jsonb_build_object('execution_id', e.execution_id, 'initiated_by', e.initiated_by,
      'state', e.state, 'succeeded', e.success_count, 'failed', e.failure_count, 'total', e.total_count,
      'action', coalesce(a.name, e.operation ->> 'type'))) as fields
  from executions e left join actions a on a.action_id = e.action_id
  where e.execution_id = any(${executionIds}::uuid[]) and exists (select from notification_rules)`;

const severityOf = sql`(${JSON.stringify(notificationEvents)}::jsonb ->> occurrence.event)`;
const rank = (severity: RawBuilder<unknown>) => sql`array_position(array[${sql.join(severities)}], ${severity})`;

async function insertDeliveries(transaction: Connection, occurrences: RawBuilder<unknown>): Promise<void> {
  await sql`
    insert into notification_deliveries (tenant_id, channel_id, rule_id, event, severity, fields)
    select r.tenant_id, c.channel_id, r.rule_id, occurrence.event, ${severityOf}, occurrence.fields
    from (${occurrences}) occurrence
    join notification_rules r on r.tenant_id = occurrence.tenant_id
      and (r.definition -> 'events' = '[]' or r.definition -> 'events' ? occurrence.event)
      and ${rank(severityOf)} >= ${rank(sql`(r.definition ->> 'min_severity')`)}
    join notification_channels c on c.tenant_id = r.tenant_id and r.definition -> 'channel_ids' ? c.channel_id::text
  `.execute(transaction);
}
