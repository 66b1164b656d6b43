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
  readonly stream?: LogEntry["stream"] | undefined;
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
  if (range.stream !== undefined) query = query.where("stream", "=", range.stream);
  return (await query.execute()).map((line) => ({ ...line, at: line.at.toISOString() }));
}

/** Lines that each server gets at least, where there are more than fit: none waits for the others to be done. */
const MIN_SHARE = 100;

/**
 * Lines of an execution that come after those that somebody has: of each server in order, without a gap.
 * @param after the last sequence number that is held of each of the servers
 * @param limit lines in all; asking again with what was read brings the rest
 * @returns them, and whether there may be more already
 */
export async function readNewLines(
  connection: Connection,
  executionId: string,
  serverIds: readonly string[],
  after: readonly number[],
  limit: number,
): Promise<{ readonly lines: LogEntry[]; readonly more: boolean }> {
  const share = Math.max(MIN_SHARE, Math.ceil(limit / serverIds.length));
  const { rows } = await sql<Omit<LogEntry, "at"> & { at: Date }>`
    select held.server_id, line.seq, line.stream, line.text, line.at
    from unnest(${serverIds}::uuid[], ${after}::bigint[]) as held (server_id, seq)
    join execution_targets t
      on t.execution_id = ${executionId} and t.server_id = held.server_id and t.last_seq > held.seq
    cross join lateral (
      select l.seq, l.stream, l.text, l.at from log_lines l
      where l.execution_id = ${executionId} and l.server_id = held.server_id and l.seq > held.seq
      order by l.seq limit ${share}
    ) line
    limit ${limit}`.execute(connection);
  // With fewer than the share of one, every server has given all that it has.
  return { lines: rows.map((line) => ({ ...line, at: line.at.toISOString() })), more: rows.length >= share };
}
