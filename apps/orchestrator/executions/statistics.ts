import { type ExecutionStatistics, finalStates, type TargetState } from "@homeslice/protocol";
import { sql } from "kysely";
import type { Connection } from "../database/database.ts";
import { ofTenant } from "../database/tenancy.ts";
import { idsSince } from "./queries.ts";

/** Figures of the executions that were started since a time. */
export async function readStatistics(connection: Connection, since: Date): Promise<ExecutionStatistics> {
  const { rows } = await sql<{ state: TargetState; executions: number }>`
    select state, count(*) as executions from executions where ${ofTenant} and ${idsSince(since)} group by state`.execute(
    connection,
  );
  const { rows: durations } = await sql<{ p50: number | null; p95: number | null; max: number | null }>`
    select percentile_cont(0.5) within group (order by seconds) as p50,
      percentile_cont(0.95) within group (order by seconds) as p95, max(seconds) as max
    from (select extract(epoch from completed_at - started_at)::float8 as seconds from executions
      where ${ofTenant} and ${idsSince(since)} and completed_at is not null and started_at is not null) ended`.execute(
    connection,
  );
  const byStatus = Object.fromEntries(rows.map(({ state, executions }) => [state, executions]));
  const ended = finalStates.reduce((sum, state) => sum + (byStatus[state] ?? 0), 0);
  const { p50 = null, p95 = null, max = null } = durations[0] ?? {};
  return {
    since: since.toISOString(),
    executions: rows.reduce((sum, { executions }) => sum + executions, 0),
    by_status: byStatus,
    success_rate: ended === 0 ? null : (byStatus["succeeded"] ?? 0) / ended,
    duration_seconds: p50 === null || p95 === null || max === null ? null : { p50, p95, max },
  };
}
