import type { DatabaseQuery } from "@homeslice/protocol";
import type { OperationTemplate } from "../template.ts";

/** Parameters fill the values that are bound to $1, $2 …: never the text of the statement. */
export const databaseQuery: OperationTemplate<DatabaseQuery> = {
  slots: ({ parameters, query }) => [
    ...parameters.flatMap((value, i) => (typeof value === "string" ? [{ path: `parameters.${i}`, text: value }] : [])),
    // Not a place for a parameter: named here, so that one which stands in it is refused.
    ...(/\{\{\s*[a-z]\w*\s*\}\}/.test(query) ? [{ path: "query", text: ` ${query}` }] : []),
  ],
  fill: ({ parameters, ...rest }, fill) => ({
    ...rest,
    // A statement counts its values: one that is not given is NULL.
    parameters: parameters.map((value) => (typeof value === "string" ? (fill(value) ?? null) : value)),
  }),
  describe: ({ connection, query, read_only, returns }) =>
    `query "${connection}"${read_only ? ", read-only," : ""} for ${returns === "scalar" ? "one value" : "rows"}: ${query}`,
};
