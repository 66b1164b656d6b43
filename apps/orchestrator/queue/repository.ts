import type { QueueControl, QueueStatus } from "@homeslice/protocol";
import { type RawBuilder, sql } from "kysely";
import type { Connection } from "../database/database.ts";
import { literals } from "../database/literals.ts";
import { ofTenant } from "../database/tenancy.ts";
import { openStates } from "../executions/state.ts";

/**
 * Columns that count work. Each count goes along an index of its own: however much has ended, it costs nothing.
 * @param whose which rows of execution_targets count
 */
export function workCounts(whose: RawBuilder<unknown>): RawBuilder<unknown> {
  const those = (what: RawBuilder<unknown>, which: RawBuilder<unknown>) =>
    sql`(select ${what} from execution_targets where ${whose} and ${which})`;
  const count = sql`count(*)`;
  const queued = sql`state = 'queued' and queue_key is not null`;
  return sql`${those(count, queued)} as queued,
    ${those(count, sql`state = 'queued' and queue_key is null and retry_at is null`)}
      + ${those(count, sql`state = 'queued' and retry_at is not null`)} as held,
    ${those(count, sql`state in ${literals(openStates)}`)} as open,
    ${those(sql`extract(epoch from now() - min(queued_at))::float8`, queued)} as oldest_wait_seconds`;
}

/** How much of a tenant's work waits and runs, over all orchestrators. */
export async function readQueue(connection: Connection): Promise<QueueStatus> {
  const { rows } = await sql<Pick<QueueStatus, "queued" | "held" | "open" | "oldest_wait_seconds">>`
    select ${workCounts(ofTenant)}`.execute(connection);
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
