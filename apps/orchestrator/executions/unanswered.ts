import { sql } from "kysely";
import type { Connection } from "../database/database.ts";
import type { DispatchRow } from "./claim.ts";

/** A job, and the link that it was claimed for. */
type UnansweredRow = DispatchRow & { readonly session_id: string };

/** What was claimed for servers whose links an orchestrator holds, and no agent has said in time that it holds. */
export async function findUnanswered(
  connection: Connection,
  orchestratorId: string,
  answerMs: number,
): Promise<UnansweredRow[]> {
  const { rows } = await sql<UnansweredRow>`
    select t.execution_id, t.server_id, s.session_id, t.fence, job.operation, job.timeout_seconds, t.last_seq
    from servers s
    join execution_targets t on t.server_id = s.server_id and t.state = 'dispatched' and not t.acknowledged
      and t.state_since < now() - make_interval(secs => ${answerMs / 1_000})
    cross join lateral (
      -- Only once such a target is found, in whatever order the planner would rather join: there hardly ever is one.
      select e.operation, e.timeout_seconds from executions e where e.execution_id = t.execution_id limit 1
    ) job
    where s.orchestrator_id = ${orchestratorId} and s.session_id is not null`.execute(connection);
  return rows;
}
