import { type Execution, isFinal, type TargetState } from "@homeslice/protocol";
import { type Selectable, sql } from "kysely";
import type { Connection } from "../database/database.ts";
import type { ExecutionsTable, TargetsTable } from "../database/tables.ts";
import { ofTenant } from "../database/tenancy.ts";
import { overallState } from "./state.ts";

/** How much of the end of each stream an execution carries, in characters. */
const TAIL_CHARACTERS = 8_192;
/** How many lines are looked at for it. */
const TAIL_LINES = 200;

type TargetWithTail = Selectable<TargetsTable> & { output: string; error_output: string };

export interface ExecutionListing {
  readonly status?: TargetState | undefined;
  readonly server_id?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Executions, newest first, that come after the cursor; `status` selects by the state on any server. */
export async function listExecutions(connection: Connection, listing: ExecutionListing): Promise<Execution[]> {
  const { status, server_id, limit, cursor } = listing;
  let query = connection
    .selectFrom("executions")
    .selectAll()
    .where(ofTenant)
    .orderBy("execution_id", "desc")
    .limit(limit);
  if (cursor !== undefined) query = query.where("execution_id", "<", cursor);
  if (status !== undefined || server_id !== undefined) {
    query = query.where(({ exists, selectFrom }) => {
      let targets = selectFrom("execution_targets as t").whereRef("t.execution_id", "=", "executions.execution_id");
      if (status !== undefined) targets = targets.where("t.state", "=", status);
      if (server_id !== undefined) targets = targets.where("t.server_id", "=", server_id);
      return exists(targets.select("t.server_id"));
    });
  }
  return await withTargets(connection, await query.execute());
}

export async function findExecution(connection: Connection, executionId: string): Promise<Execution | undefined> {
  const rows = await connection.selectFrom("executions").selectAll().where("execution_id", "=", executionId).execute();
  const [execution] = await withTargets(connection, rows);
  return execution;
}

async function withTargets(
  connection: Connection,
  executions: readonly Selectable<ExecutionsTable>[],
): Promise<Execution[]> {
  if (executions.length === 0) return [];
  const targets = await connection
    .selectFrom("execution_targets as t")
    .selectAll("t")
    .select([tail("stdout").as("output"), tail("stderr").as("error_output")])
    .where(
      "t.execution_id",
      "in",
      executions.map(({ execution_id }) => execution_id),
    )
    .orderBy("t.server_id")
    .execute();
  const byExecution = Map.groupBy(targets, ({ execution_id }) => execution_id);
  return executions.map((row) => toExecution(row, byExecution.get(row.execution_id) ?? []));
}

function tail(stream: "stdout" | "stderr") {
  return sql<string>`coalesce(right((
    select string_agg(line.text, '' order by line.seq) from (
      select l.seq, l.text from log_lines l
      where l.execution_id = t.execution_id and l.server_id = t.server_id and l.stream = ${stream}
        and l.seq > t.last_seq - ${TAIL_LINES}
    ) line), ${TAIL_CHARACTERS}), '')`;
}

function toExecution(row: Selectable<ExecutionsTable>, targets: readonly TargetWithTail[]): Execution {
  const overall = overallState(targets.map(({ state }) => state));
  return {
    execution_id: row.execution_id,
    initiated_by: row.initiated_by,
    execution_type: targets.length === 1 ? "single" : "bulk",
    target_servers: targets.map(({ server_id }) => server_id),
    action_template_id: row.action_id,
    operation: row.operation,
    parameters: row.parameters,
    timeout_seconds: row.timeout_seconds,
    status: {
      overall,
      per_server: Object.fromEntries(
        targets.map(({ server_id, state, state_since }) => [
          server_id,
          { status: state, since: state_since.toISOString() },
        ]),
      ),
    },
    timing: timing(row.created_at, targets, isFinal(overall)),
    results: {
      success_count: targets.filter(({ state }) => state === "succeeded").length,
      failure_count: targets.filter(({ state }) => isFinal(state) && state !== "succeeded").length,
      total_count: targets.length,
      details: targets.map((target) => ({
        server_id: target.server_id,
        status: target.state,
        exit_code: target.exit_code,
        output: target.output,
        error_output: target.error_output,
        error: target.error,
        execution_time: target.duration_seconds,
        result: target.result,
        usage: target.usage,
      })),
    },
    logs: {
      entries_count: targets.reduce((sum, { last_seq }) => sum + last_seq, 0),
      size_bytes: targets.reduce((sum, { log_bytes }) => sum + log_bytes, 0),
    },
  };
}

function timing(createdAt: Date, targets: readonly TargetWithTail[], final: boolean): Execution["timing"] {
  const startedAt = earliest(targets.map(({ started_at }) => started_at));
  const completedAt = final ? latest(targets.map(({ finished_at }) => finished_at)) : undefined;
  return {
    created_at: createdAt.toISOString(),
    started_at: startedAt?.toISOString() ?? null,
    completed_at: completedAt?.toISOString() ?? null,
    duration_seconds:
      startedAt && completedAt ? Math.max(0, completedAt.getTime() - startedAt.getTime()) / 1_000 : null,
  };
}

const present = (dates: readonly (Date | null)[]) => dates.filter((date) => date !== null);
const byTime = (a: Date, b: Date) => a.getTime() - b.getTime();
const earliest = (dates: readonly (Date | null)[]) => present(dates).sort(byTime).at(0);
const latest = (dates: readonly (Date | null)[]) => present(dates).sort(byTime).at(-1);
