import type { QueueControl, QueueStatus } from "@homeslice/protocol";
import { sql } from "kysely";
import type { Connection } from "../database/database.ts";
import { ofTenant } from "../database/tenancy.ts";
import { openStates } from "../executions/state.ts";

/** How much of a tenant's work waits and runs, over all orchestrators. */
export async function readQueue(connection: Connection): Promise<QueueStatus> {
  const { rows } = await sql<Pick<QueueStatus, "queued" | "held" | "open" | "oldest_wait_seconds">>`
    select count(*) filter (where state = 'queued' and queue_key is not null) as queued,
      count(*) filter (where state = 'queued' and queue_key is null) as held,
      count(*) filter (where state <> 'queued') as open,
      extract(epoch from now() - min(queued_at) filter (where state = 'queued' and queue_key is not null))::float8
        as oldest_wait_seconds
    from execution_targets where ${ofTenant} and state in ('queued', ${sql.join(openStates)})`.execute(connection);
  const control = await connection.selectFrom("queue_control").selectAll().where(ofTenant).executeTakeFirst();
  const { queued = 0, held = 0, open = 0, oldest_wait_seconds = null } = rows[0] ?? {};
  return {
    draining: control?.draining ?? false,
    reason: control?.reason ?? "",
    changed_by: control?.changed_by ?? null,
    changed_at: control?.changed_at.toISOString() ?? null,
    queued,
    held,
    open,
    oldest_wait_seconds,
  };
}

export async function setQueueControl(
  connection: Connection,
  { draining, reason }: QueueControl,
  changed_by: string,
): Promise<void> {
  const control = { draining, reason, changed_by };
  await connection
    .insertInto("queue_control")
    .values(control)
    .onConflict((conflict) => conflict.column("tenant_id").doUpdateSet({ ...control, changed_at: sql`now()` }))
    .execute();
}
