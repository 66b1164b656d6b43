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
    version: control?.version ?? 0,
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

/**
 * @param version the version that it must have, 0 before the first; undefined takes any
 * @returns whether it was in that version
 */
export async function setQueueControl(
  connection: Connection,
  { draining, reason }: QueueControl,
  changed_by: string,
  version: number | undefined,
): Promise<boolean> {
  const current = version === undefined ? sql`true` : sql`queue_control.version = ${version}`;
  // A row that is not there is in version 0: only who has seen that, or does not care, may add it.
  const { rows } = await sql`
    insert into queue_control (draining, reason, changed_by)
    select ${draining}, ${reason}, ${changed_by}
    where ${version === undefined || version === 0} or exists (select from queue_control where ${ofTenant})
    on conflict (tenant_id) do update set draining = excluded.draining, reason = excluded.reason,
      changed_by = excluded.changed_by, changed_at = now(), version = queue_control.version + 1
      where ${current}
    returning version`.execute(connection);
  return rows.length > 0;
}
