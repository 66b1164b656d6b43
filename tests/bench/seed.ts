import type { Policy } from "@homeslice/orchestrator/executions/policy.ts";
import { ExecutionConfig, SuccessCriteria } from "@homeslice/protocol";
import type { Installation } from "../rig/installation.ts";

/** What was stored, to be asked for. */
export interface Seeded {
  readonly serverIds: readonly string[];
  /** Some of the executions, spread over the whole history. */
  readonly executionIds: readonly string[];
}

const SAMPLE = 1_000;

const policy: Policy = {
  ...ExecutionConfig.omit({ timeout_seconds: true, parallel_execution: true }).parse({}),
  success_criteria: SuccessCriteria.parse({}),
};

/** Stores servers, and executions that ended over the last year, one on each server in turn; one in ten failed. */
export async function seedExecutions(installation: Installation, servers: number, executions: number): Promise<Seeded> {
  const rows = await installation.query<{ server_id: string }>(
    `insert into servers (hostname, environment, created_by)
     select 'server-' || i, 'dev', 'bench' from generate_series(1, $1) i returning server_id`,
    [servers],
  );
  const serverIds = rows.map(({ server_id }) => server_id);
  await installation.query(
    `insert into executions (execution_id, batch_id, initiated_by, operation, parameters, timeout_seconds, policy, created_at,
       started_at, completed_at, total_count, success_count, failure_count, severity, state)
     select id, id, 'bench', '{"type": "shell_command", "argv": ["/bin/true"]}', '{}', 60, $2, at, at, at, 1,
       case when failed then 0 else 1 end, case when failed then 1 else 0 end, case when failed then 4 else 1 end,
       case when failed then 'failed' else 'succeeded' end
     from (select uuidv7(-age) as id, now() - age as at, i % 10 = 0 as failed
       from generate_series($1::int, 1, -1) i, lateral (select i * interval '1 year' / $1::int as age) a) e`,
    [executions, JSON.stringify(policy)],
  );
  await installation.query(
    `insert into execution_targets (execution_id, server_id, state, state_since, fence, acknowledged, started_at,
       finished_at, exit_code, duration_seconds)
     select execution_id, ($1::uuid[])[1 + n % $2::int], state, created_at, 1, true, created_at, created_at,
       failure_count, 0.1
     from (select *, row_number() over () as n from executions) e`,
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
