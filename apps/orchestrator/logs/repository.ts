import type { LogEntry, OutputLine } from "@homeslice/protocol";
import { sql } from "kysely";
import type { Connection } from "../database/database.ts";
import type { TargetKey } from "../executions/repository.ts";
import { openStates } from "../executions/state.ts";

/**
 * Stores lines that follow directly on what is stored, and counts them, in one statement.
 * @returns false when they do not follow, or the attempt is not the current one: nothing was stored then
 */
export async function appendLines(
  connection: Connection,
  { execution_id, server_id, fence }: TargetKey,
  lines: readonly OutputLine[],
): Promise<boolean> {
  const first = lines[0]?.seq ?? 0;
  const bytes = lines.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  const { numAffectedRows } = await sql`
    with target as (
      update execution_targets set last_seq = last_seq + ${lines.length}, log_bytes = log_bytes + ${bytes}
      where execution_id = ${execution_id} and server_id = ${server_id} and fence = ${fence}
        and last_seq = ${first - 1} and state in (${sql.join(openStates)})
      returning tenant_id
    )
    insert into log_lines (tenant_id, execution_id, server_id, seq, stream, text, at)
    select target.tenant_id, ${execution_id}, ${server_id}, line.seq, line.stream, line.text, line.at
    from target, unnest(
      ${lines.map(({ seq }) => seq)}::bigint[], ${lines.map(({ stream }) => stream)}::text[],
      ${lines.map(({ text }) => text)}::text[], ${lines.map(({ at }) => at)}::timestamptz[]
    ) as line (seq, stream, text, at)`.execute(connection);
  return (numAffectedRows ?? 0n) > 0n;
}

export interface LogRange {
  readonly execution_id: string;
  readonly server_id?: string | undefined;
  readonly after: number;
  readonly limit: number;
}

/** Lines of an execution, ordered by server and sequence number. */
export async function readLines(connection: Connection, range: LogRange): Promise<LogEntry[]> {
  let query = connection
    .selectFrom("log_lines")
    .select(["server_id", "seq", "stream", "text", "at"])
    .where("execution_id", "=", range.execution_id)
    .where("seq", ">", range.after)
    .orderBy("server_id")
    .orderBy("seq")
    .limit(range.limit);
  if (range.server_id !== undefined) query = query.where("server_id", "=", range.server_id);
  return (await query.execute()).map((line) => ({ ...line, at: line.at.toISOString() }));
}
