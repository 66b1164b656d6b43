import type { LogEntry, OutputLine } from "@homeslice/protocol";
import { sql } from "kysely";
import type { Connection } from "../database/database.ts";

/** A line of output, and of which target it is. */
export interface NewLine extends OutputLine {
  readonly tenant_id: string;
  readonly execution_id: string;
  readonly server_id: string;
}

/** Stores lines of output, of any number of targets; the caller holds their rows, and counts them. */
export async function appendLines(transaction: Connection, lines: readonly NewLine[]): Promise<void> {
  if (lines.length === 0) return;
  await sql`
    insert into log_lines (tenant_id, execution_id, server_id, seq, stream, text, at)
    select * from unnest(
      ${lines.map(({ tenant_id }) => tenant_id)}::text[],
      ${lines.map(({ execution_id }) => execution_id)}::uuid[], ${lines.map(({ server_id }) => server_id)}::uuid[],
      ${lines.map(({ seq }) => seq)}::bigint[], ${lines.map(({ stream }) => stream)}::text[],
      ${lines.map(({ text }) => text)}::text[], ${lines.map(({ at }) => at)}::timestamptz[]
    )`.execute(transaction);
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
