import { type Execution, isFinal, type RequestOf, type ResponseOf, type TargetState } from "@homeslice/protocol";
import { type RawBuilder, sql } from "kysely";
import type { Connection } from "../database/database.ts";
import { type ListOrder, Page, timeKey } from "../database/keyset.ts";
import { ofTenant } from "../database/tenancy.ts";
import { idAt } from "./ids.ts";
import { overallState } from "./state.ts";
import { toDetail, toExecution, toSummary } from "./view.ts";

/** How much of the end of each stream an execution carries, in characters. */
const TAIL_CHARACTERS = 8_192;
/** How many lines are looked at for it. */
const TAIL_LINES = 200;
/** With more servers than this, an execution carries no output: its targets are listed apart. */
const MAX_TAILS = 100;

/** Which parts of the output go along: the end of it, or none. */
export type OutputParts = "tail" | "none";

/** Whether an execution was started at a time or later: its id begins with the milliseconds, so no index is needed. */
export function idsSince(time: Date): RawBuilder<boolean> {
  return sql<boolean>`execution_id >= ${idAt(time)}::uuid`;
}

const order: ListOrder<"created"> = {
  id: { column: "execution_id", type: "uuid" },
  keys: { created: undefined },
};

/** A page of executions, without their parts. */
export async function listExecutions(
  connection: Connection,
  listing: RequestOf<"listExecutions">["query"],
): Promise<ResponseOf<"listExecutions">> {
  const { status, server_id, created_after, created_before } = listing;
  const page = new Page(order, listing);
  let query = connection.selectFrom("executions").selectAll().select(page.place).where(ofTenant).where(page.follows);
  if (status !== undefined) query = query.where(inState(status));
  if (server_id !== undefined) {
    query = query.where("execution_id", "in", ({ selectFrom }) =>
      selectFrom("execution_targets").select("execution_id").where("server_id", "=", server_id),
    );
  }
  if (created_after !== undefined) query = query.where(idsSince(new Date(created_after)));
  if (created_before !== undefined) query = query.where("execution_id", "<", idAt(new Date(created_before)));
  if (listing.action_template_id !== undefined) query = query.where("action_id", "=", listing.action_template_id);
  if (listing.batch_id !== undefined) query = query.where("batch_id", "=", listing.batch_id);
  if (listing.initiated_by !== undefined) query = query.where("initiated_by", "=", listing.initiated_by);
  if (listing.execution_type !== undefined) query = query.where("execution_type", "=", listing.execution_type);
  const { rows, next_cursor } = page.of(await query.orderBy(page.orderBy).limit(page.limit).execute());
  const open = rows.filter(({ state }) => !isFinal(state)).map(({ execution_id }) => execution_id);
  const states = await overallStates(connection, open);
  return { items: rows.map((row) => toSummary(row, states.get(row.execution_id))), next_cursor };
}

/** By its overall state; the steps between queued and the end are those of its targets. */
function inState(status: TargetState): RawBuilder<boolean> {
  if (isFinal(status) || status === "queued") return sql<boolean>`state = ${status}`;
  return sql<boolean>`execution_id in (select execution_id from execution_targets where state = ${status})`;
}

/** The states of executions that have not ended, by those of their targets. */
async function overallStates(
  connection: Connection,
  executionIds: readonly string[],
): Promise<Map<string, TargetState>> {
  if (executionIds.length === 0) return new Map();
  const rows = await connection
    .selectFrom("execution_targets")
    .select(["execution_id", "state"])
    .distinct()
    .where("execution_id", "in", executionIds)
    .execute();
  const byExecution = Map.groupBy(rows, ({ execution_id }) => execution_id);
  return new Map([...byExecution].map(([id, targets]) => [id, overallState(targets.map(({ state }) => state))]));
}

/** @param now by which progress is guessed */
export async function findExecution(
  connection: Connection,
  executionId: string,
  now: Date,
  output: OutputParts = "tail",
): Promise<Execution | undefined> {
  const row = await connection
    .selectFrom("executions")
    .selectAll()
    .where("execution_id", "=", executionId)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const parts = row.total_count > MAX_TAILS ? "none" : output;
  const read = async (some: OutputParts) =>
    await selectTargets(connection, executionId, some).orderBy("server_id").execute();
  // What has not begun has no output, and looking for it takes longer than all the rest; it may have begun since then.
  const early = row.started_at === null ? await read("none") : undefined;
  const targets = early?.every(({ last_seq }) => last_seq === 0) ? early : await read(parts);
  const usual =
    isFinal(row.state) || row.action_id === null ? undefined : await usualSeconds(connection, row.action_id);
  return toExecution(row, targets, usual, now);
}

const targetOrder: ListOrder<"server" | "since" | "duration"> = {
  id: { column: "t.server_id", type: "uuid" },
  keys: {
    server: undefined,
    since: timeKey("t.state_since"),
    duration: { value: sql`coalesce((t.duration_seconds * 1000000)::bigint, -1)`, type: "bigint" },
  },
};

/** A page of the results of an execution by server, with the end of their output. */
export async function listTargets(
  connection: Connection,
  executionId: string,
  listing: RequestOf<"listExecutionTargets">["query"],
): Promise<ResponseOf<"listExecutionTargets">> {
  const { status, exit_code } = listing;
  const page = new Page(targetOrder, listing);
  let query = selectTargets(connection, executionId, "tail").select(page.place).where(page.follows);
  if (status !== undefined) query = query.where("state", "=", status);
  if (exit_code !== undefined) query = query.where("exit_code", "=", exit_code);
  const { rows, next_cursor } = page.of(await query.orderBy(page.orderBy).limit(page.limit).execute());
  return { items: rows.map(toDetail), next_cursor };
}

function selectTargets(connection: Connection, executionId: string, output: OutputParts) {
  const tails =
    output === "tail" ? [tail(executionId, "stdout"), tail(executionId, "stderr")] : [sql<string>`''`, sql<string>`''`];
  const [standard = sql<string>`''`, error = sql<string>`''`] = tails;
  return connection
    .selectFrom("execution_targets as t")
    .selectAll("t")
    .select([standard.as("output"), error.as("error_output")])
    .where("t.execution_id", "=", executionId);
}

/** The id is given once more: told as a value, and not by the row around it, the planner looks at one partition alone. */
function tail(executionId: string, stream: "stdout" | "stderr"): RawBuilder<string> {
  return sql<string>`coalesce(right((
    select string_agg(line.text, '' order by line.seq) from (
      select l.seq, l.text from log_lines l
      where l.execution_id = ${executionId} and l.server_id = t.server_id and l.stream = ${stream}
        and l.seq > t.last_seq - ${TAIL_LINES}
    ) line), ${TAIL_CHARACTERS}), '')`;
}

/** How many earlier executions of an action are looked at to know how long it takes. */
const HISTORY = 50;

/** Seconds that an action usually took on a server, lately. */
export async function usualSeconds(connection: Connection, actionId: string): Promise<number | undefined> {
  const { rows } = await sql<{ usual: number | null }>`
    select percentile_cont(0.5) within group (order by t.duration_seconds) as usual
    from (select execution_id from executions where action_id = ${actionId} and state = 'succeeded'
      order by execution_id desc limit ${HISTORY}) e
    join lateral (select duration_seconds from execution_targets t
      where t.execution_id = e.execution_id and t.state = 'succeeded' limit ${HISTORY}) t on true`.execute(connection);
  return rows[0]?.usual ?? undefined;
}
