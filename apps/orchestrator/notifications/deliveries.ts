import type { Delivery, NewNotificationRule, RequestOf } from "@homeslice/protocol";
import { type Selectable, sql } from "kysely";
import type { Connection } from "../database/database.ts";
import { type ListOrder, Page } from "../database/keyset.ts";
import type { NotificationDeliveriesTable } from "../database/notificationTables.ts";

type DeliveryRow = Selectable<NotificationDeliveriesTable>;

/** Seconds from one attempt to the next; after the last, it is given up. */
export const backoffSeconds = [10, 30, 120, 600, 1_800, 3_600, 7_200, 21_600] as const;
/** For so long nobody else tries what is being tried; longer than any attempt takes. */
const LEASE_SECONDS = 60;

/** Something to be sent, taken by this orchestrator for a while. */
export interface Due
  extends Pick<
    DeliveryRow,
    "delivery_id" | "tenant_id" | "channel_id" | "event" | "severity" | "fields" | "created_at" | "attempts"
  > {
  readonly sealed: Buffer;
  readonly rule: NewNotificationRule;
}

/** Takes some of what is to be sent: it counts as tried, so that what kills its sender is given up some day, too. */
export async function takeDue(connection: Connection, limit: number): Promise<Due[]> {
  const { rows } = await sql<Due>`
    with due as (
      select delivery_id from notification_deliveries
      where status = 'pending' and next_attempt_at <= now()
      order by next_attempt_at limit ${limit} for update skip locked
    )
    update notification_deliveries d set attempts = d.attempts + 1,
      next_attempt_at = now() + ${LEASE_SECONDS} * interval '1 second'
    from due, notification_channels c, notification_rules r
    where d.delivery_id = due.delivery_id and c.channel_id = d.channel_id and r.rule_id = d.rule_id
    returning d.delivery_id, d.tenant_id, d.channel_id, d.event, d.severity, d.fields, d.created_at, d.attempts, c.sealed,
      r.definition as rule`.execute(connection);
  return rows;
}

export async function markSent(connection: Connection, deliveryId: string): Promise<void> {
  await connection
    .updateTable("notification_deliveries")
    .set({ status: "sent", next_attempt_at: null, last_error: null })
    .where("delivery_id", "=", deliveryId)
    .execute();
}

/** Puts off what was not taken, or gives it up. @returns whether it was given up */
export async function markFailed(
  connection: Connection,
  { delivery_id, attempts }: Pick<Due, "delivery_id" | "attempts">,
  error: string,
): Promise<boolean> {
  const seconds = backoffSeconds[attempts - 1];
  await connection
    .updateTable("notification_deliveries")
    .set({
      last_error: error,
      ...(seconds === undefined
        ? { status: "dead", next_attempt_at: null }
        : { next_attempt_at: sql<Date>`now() + ${seconds} * interval '1 second'` }),
    })
    .where("delivery_id", "=", delivery_id)
    .execute();
  return seconds === undefined;
}

/** @returns the delivery, undefined when there is none that was given up */
export async function revive(connection: Connection, deliveryId: string): Promise<Delivery | undefined> {
  const row = await connection
    .updateTable("notification_deliveries")
    .set({ status: "pending", attempts: 0, next_attempt_at: sql<Date>`now()` })
    .where("delivery_id", "=", deliveryId)
    .where("status", "=", "dead")
    .returningAll()
    .executeTakeFirst();
  return row && toDelivery(row);
}

const order: ListOrder<"created"> = { id: { column: "delivery_id", type: "uuid" }, keys: { created: undefined } };

/** A page of deliveries, and the cursor of the next one. */
export async function listDeliveries(
  connection: Connection,
  listing: RequestOf<"listDeliveries">["query"],
): Promise<{ items: Delivery[]; next_cursor: string | null }> {
  const { status, channel_id, event } = listing;
  const page = new Page(order, listing);
  let query = connection.selectFrom("notification_deliveries").selectAll().select(page.place).where(page.follows);
  if (status !== undefined) query = query.where("status", "=", status);
  if (channel_id !== undefined) query = query.where("channel_id", "=", channel_id);
  if (event !== undefined) query = query.where("event", "=", event);
  const { rows, next_cursor } = page.of(await query.orderBy(page.orderBy).limit(page.limit).execute());
  return { items: rows.map(toDelivery), next_cursor };
}

export async function findSealed(connection: Connection, channelId: string): Promise<Buffer | undefined> {
  const row = await connection
    .selectFrom("notification_channels")
    .select("sealed")
    .where("channel_id", "=", channelId)
    .executeTakeFirst();
  return row?.sealed;
}

/** How many of some channels there are. */
export async function countChannels(connection: Connection, channelIds: readonly string[]): Promise<number> {
  const { count } = await connection
    .selectFrom("notification_channels")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("channel_id", "in", [...channelIds])
    .executeTakeFirstOrThrow();
  return count;
}

function toDelivery(row: DeliveryRow): Delivery {
  const { delivery_id, channel_id, rule_id, event, severity, status, attempts, last_error } = row;
  return {
    delivery_id,
    channel_id,
    rule_id,
    event,
    severity,
    created_at: row.created_at.toISOString(),
    status,
    attempts,
    next_attempt_at: row.next_attempt_at?.toISOString() ?? null,
    last_error,
  };
}
