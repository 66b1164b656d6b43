import type { Installation } from "../rig/installation.ts";

/** What was stored, to be asked for. */
export interface Seeded {
  readonly serverIds: readonly string[];
  /** Some of the executions, spread over the whole history. */
  readonly executionIds: readonly string[];
}

const SAMPLE = 1_000;

/** Stores servers, and executions that ended over the last year, one on each server in turn; one in ten failed. */
export async function seedExecutions(installation: Installation, servers: number, executions: number): Promise<Seeded> {
  const rows = await installation.query<{ server_id: string }>(
    `insert into servers (hostname, environment, created_by)
     select 'server-' || i, 'dev', 'bench' from generate_series(1, $1) i returning server_id`,
    [servers],
  );
  const serverIds = rows.map(({ server_id }) => server_id);
  await installation.query(
    `insert into executions (execution_id, initiated_by, operation, parameters, timeout_seconds, success_exit_code, created_at)
     select uuidv7(-age), 'bench', '{"type": "shell_command", "argv": ["/bin/true"]}', '{}', 60, 0, now() - age
     from generate_series($1::int, 1, -1) i, lateral (select i * interval '1 year' / $1::int as age) a`,
    [executions],
  );
  await installation.query(
    `insert into execution_targets (execution_id, server_id, state, state_since, fence, acknowledged, started_at,
       finished_at, exit_code, duration_seconds)
     select execution_id, ($1::uuid[])[1 + n % $2::int], case when n % 10 = 0 then 'failed' else 'succeeded' end,
       created_at, 1, true, created_at, created_at, case when n % 10 = 0 then 1 else 0 end, 0.1
     from (select execution_id, created_at, row_number() over () as n from executions) e`,
    [serverIds, servers],
  );
  await installation.query("vacuum analyze");
  const sample = await installation.query<{ execution_id: string }>(
    `select execution_id from (select execution_id, row_number() over (order by execution_id) as n from executions) e
     where n % $1 = 0`,
    [Math.max(1, Math.floor(executions / SAMPLE))],
  );
  return { serverIds, executionIds: sample.map(({ execution_id }) => execution_id) };
}
