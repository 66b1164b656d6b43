import { type RawBuilder, sql } from "kysely";
import { ofTenant } from "../../database/tenancy.ts";
import { idAt } from "../../executions/ids.ts";
import { kindOf, type Scope } from "../report.ts";

/** Targets read at once. */
const BATCH = 1_000;

interface Ran {
  readonly execution_id: string;
  readonly server_id: string;
  readonly created_at: Date;
  readonly initiated_by: string;
  readonly execution_type: string;
  readonly action: string | null;
  readonly action_version: number | null;
  readonly operation: string;
  readonly hostname: string;
  readonly environment: string;
  readonly state: string;
  readonly exit_code: number | null;
  readonly duration_seconds: number | null;
  readonly error: string | null;
  readonly approval: string | null;
  readonly approved_by: string | null;
}

/** Who ran what where: a row for each server of each execution that was started in the period. */
export const executions = kindOf<Ran>(
  {
    started_at: ({ created_at }) => created_at.toISOString(),
    started_by: ({ initiated_by }) => initiated_by,
    how: ({ execution_type }) => execution_type,
    action: ({ action }) => action,
    version: ({ action_version }) => action_version,
    operation: ({ operation }) => operation,
    server: ({ hostname }) => hostname,
    environment: ({ environment }) => environment,
    state: ({ state }) => state,
    exit_code: ({ exit_code }) => exit_code,
    seconds: ({ duration_seconds }) => duration_seconds,
    approval: ({ approval }) => approval,
    approved_by: ({ approved_by }) => approved_by,
    error: ({ error }) => error,
    execution_id: ({ execution_id }) => execution_id,
    server_id: ({ server_id }) => server_id,
  },
  async function* (scope) {
    let last: Ran | undefined;
    do {
      const found = await targetsAfter(scope, last);
      yield found;
      last = found.length === BATCH ? found.at(-1) : undefined;
    } while (last !== undefined);
  },
);

/** Some targets that follow on another one, the oldest first. */
async function targetsAfter({ connection, since, until }: Scope, last: Ran | undefined): Promise<Ran[]> {
  const follows: RawBuilder<unknown> =
    last === undefined
      ? sql`true`
      : sql`e.execution_id >= ${last.execution_id}::uuid
          and (e.execution_id, t.server_id) > (${last.execution_id}::uuid, ${last.server_id}::uuid)`;
  const { rows } = await sql<Ran>`
    select e.execution_id, t.server_id, e.created_at, e.initiated_by, e.execution_type, a.name as action,
      e.action_version, e.operation ->> 'type' as operation, s.hostname, s.environment, t.state, t.exit_code,
      t.duration_seconds, t.error, e.approval,
      (select string_agg(v.voter, ', ' order by v.voted_at) from approval_votes v
        where v.execution_id = e.execution_id and v.decision = 'approve') as approved_by
    from (select * from executions where ${ofTenant} and execution_id >= ${idAt(since)}::uuid
      and execution_id < ${idAt(until)}::uuid) e
    join execution_targets t on t.execution_id = e.execution_id
    join servers s on s.server_id = t.server_id
    left join actions a on a.action_id = e.action_id
    where ${follows}
    order by e.execution_id, t.server_id limit ${BATCH}`.execute(connection);
  return rows;
}
