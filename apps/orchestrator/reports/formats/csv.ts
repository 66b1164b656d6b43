import { csvLine } from "../../csv.ts";
import type { Format, Row } from "../report.ts";

/** The rows alone, below the names of their columns: what the report is about, its file name says. */
export const csv: Format = {
  type: "text/csv; charset=utf-8",
  async *write(_head, columns, rows) {
    yield Buffer.from(csvLine(columns));
    for await (const some of rows) yield Buffer.from(some.map((row) => csvLine(texts(row))).join(""));
  },
};

function texts(row: Row): string[] {
  return row.map((cell) => String(cell ?? ""));
}
