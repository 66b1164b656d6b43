import type { DatabaseQuery, ResultOf } from "@homeslice/protocol/operations/index.ts";
import type { Client } from "pg";
import Cursor from "pg-cursor";
import { CheckError } from "../checks/check.ts";

export type Cell = ResultOf<"database_query">["rows"][number][number];

export interface Answer {
  readonly columns: string[];
  readonly rows: Cell[][];
  /** Whether there was more than is returned. */
  readonly truncated: boolean;
}

/** Longest value, and longest answer in all, in characters: the rest is cut off. */
const MAX_CELL = 8_192;
const MAX_ANSWER = 262_144;

/** How statements begin that can but read, after what is no part of them. Others reach beyond the transaction: COPY writes files. */
const READING =
  /^(?:\s|\(|--[^\n]*(?:\n|$)|\/\*(?:[^*/]|\*(?!\/)|\/(?!\*))*\*\/)*(?:select|with|values|table|show|explain)\b/i;

/** @throws CheckError when a statement is not one that can but read */
export function demandReading(query: string): void {
  if (READING.test(query)) return;
  const beginnings = "select, with, values, table, show or explain";
  throw new CheckError(`this query may only read: it has to begin with ${beginnings}, or to say read_only: false`);
}

/**
 * Runs one statement in a transaction. The cursor takes the rows that are wanted and leaves the others in the database;
 * it also speaks the protocol in which one message is one statement, so that none can end the transaction and go on.
 */
export async function ask(client: Client, { query, parameters, row_limit, read_only }: DatabaseQuery): Promise<Answer> {
  await client.query(`begin ${read_only ? "read only" : "read write"}`);
  const cursor = client.query(new Cursor<unknown[]>(query, parameters, { rowMode: "array" }));
  const columns: string[] = [];
  // The only place where a cursor tells of columns when there are no rows.
  const found = await new Promise<unknown[][]>((resolve, reject) => {
    cursor.read(row_limit + 1, (error, rows, result) => {
      if (error) return reject(error);
      columns.push(...result.fields.map(({ name }) => name));
      resolve(rows);
    });
  });
  await cursor.close();
  await client.query(read_only ? "rollback" : "commit");
  return { columns, ...shortened(found.slice(0, row_limit), found.length > row_limit) };
}

function shortened(found: readonly unknown[][], more: boolean): { rows: Cell[][]; truncated: boolean } {
  const rows: Cell[][] = [];
  let size = 0;
  let truncated = more;
  for (const values of found) {
    const row = values.map((value) => {
      const cell = cellOf(value);
      const long = typeof cell === "string" && cell.length > MAX_CELL;
      truncated ||= long;
      return long ? cell.slice(0, MAX_CELL) : cell;
    });
    size += JSON.stringify(row).length;
    if (size > MAX_ANSWER) return { rows, truncated: true };
    rows.push(row);
  }
  return { rows, truncated };
}

function cellOf(value: unknown): Cell {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return Number.isFinite(value) ? value : String(value);
    default:
      break;
  }
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "invalid date" : value.toISOString();
  return Buffer.isBuffer(value) ? `\\x${value.toString("hex")}` : JSON.stringify(value);
}
