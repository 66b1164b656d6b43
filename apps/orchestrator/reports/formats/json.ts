import type { Format } from "../report.ts";

/** One document: what the report is about, and its rows as objects. */
export const json: Format = {
  type: "application/json; charset=utf-8",
  async *write(head, columns, rows) {
    yield Buffer.from(`{"report":${JSON.stringify(head)},"rows":[`);
    let between = "\n";
    for await (const some of rows) {
      const objects = some.map((row) =>
        Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null])),
      );
      if (objects.length === 0) continue;
      yield Buffer.from(`${between}${objects.map((object) => JSON.stringify(object)).join(",\n")}`);
      between = ",\n";
    }
    yield Buffer.from("\n]}\n");
  },
};
