import { createHash } from "node:crypto";
import { sql } from "kysely";
import type { Connection } from "../database/database.ts";
import { ofTenant } from "../database/tenancy.ts";

/** A browser that wants to be told, sealed. */
export interface SubscriptionRow {
  readonly subscription_id: string;
  readonly sealed: Buffer;
}

/** Adds the subscription of a browser, or renews it. @returns its id */
export async function storeSubscription(
  connection: Connection,
  { subject, endpoint, sealed, expires_at }: { subject: string; endpoint: string; sealed: Buffer; expires_at: Date },
): Promise<string> {
  const endpoint_hash = createHash("sha256").update(endpoint).digest();
  const { subscription_id } = await connection
    .insertInto("push_subscriptions")
    .values({ subject, endpoint_hash, sealed, expires_at })
    .onConflict((conflict) =>
      conflict.columns(["tenant_id", "endpoint_hash"]).doUpdateSet({ subject, sealed, expires_at }),
    )
    .returning("subscription_id")
    .executeTakeFirstOrThrow();
  return subscription_id;
}

/** Forgets all but the newest of somebody's browsers. */
export async function keepNewest(connection: Connection, subject: string, count: number): Promise<void> {
  await sql`delete from push_subscriptions where ${ofTenant} and subscription_id in (
    select subscription_id from push_subscriptions where ${ofTenant} and subject = ${subject}
    order by expires_at desc offset ${count})`.execute(connection);
}

/** @returns whether it was there, and of this subject */
export async function deleteSubscription(connection: Connection, id: string, subject?: string): Promise<boolean> {
  let query = connection.deleteFrom("push_subscriptions").where("subscription_id", "=", id);
  if (subject !== undefined) query = query.where("subject", "=", subject);
  return (await query.executeTakeFirst()).numDeletedRows > 0n;
}

/** Forgets the browsers of somebody who may no longer log in. */
export async function deleteSubscriptionsOf(connection: Connection, subject: string): Promise<void> {
  await connection.deleteFrom("push_subscriptions").where(ofTenant).where("subject", "=", subject).execute();
}

/** The browsers of some people, or of all where none is named. */
export async function findSubscriptions(
  connection: Connection,
  users: readonly string[],
  now: Date,
): Promise<SubscriptionRow[]> {
  let query = connection
    .selectFrom("push_subscriptions")
    .select(["subscription_id", "sealed"])
    .where(ofTenant)
    .where("expires_at", ">", now);
  if (users.length > 0) query = query.where("subject", "in", [...users]);
  return await query.execute();
}
