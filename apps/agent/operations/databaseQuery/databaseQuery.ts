import { DatabaseQuery, type ResultOf } from "@homeslice/protocol/operations/index.ts";
import { Client } from "pg";
import { messageOf } from "../../errors.ts";
import { type CheckContext, Findings } from "../checks/check.ts";
import { checkerFor } from "../checks/checker.ts";
import { MissingSecret, readSecret } from "../secrets.ts";
import { type Answer, ask, type Cell, demandReading } from "./ask.ts";

type Result = ResultOf<"database_query">;

/** How long a database has to take a connection, in milliseconds. */
const CONNECT_TIMEOUT = 10_000;

export const checker = checkerFor(DatabaseQuery, {
  async plan(operation, context) {
    if (operation.read_only) demandReading(operation.query);
    const explain = { ...operation, query: `explain ${operation.query}`, read_only: true, row_limit: 1_000 };
    const { rows } = await connected(explain, context, (client) => ask(client, explain));
    return [`query "${operation.connection}", which would do this:`, ...rows.map(([step]) => String(step))].join("\n");
  },

  async perform(operation, context) {
    if (operation.read_only) demandReading(operation.query);
    const findings = new Findings();
    let answer: Answer = { columns: [], rows: [], truncated: false };
    try {
      answer = await connected(operation, context, (client) => ask(client, operation));
      judge(operation, answer, findings);
    } catch (error) {
      if (error instanceof MissingSecret) throw error;
      findings.add("answers", false, "an answer", messageOf(error));
    }
    return resultOf(operation, answer, findings);
  },
});

async function connected<T>(
  { connection, statement_timeout_ms }: DatabaseQuery,
  context: CheckContext,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = new Client({
    connectionString: await readSecret(connection, context.secrets_dir),
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    statement_timeout: statement_timeout_ms,
    application_name: "homeslice-agent",
  });
  client.on("error", () => {}); // the query that is under way reports it
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function judge({ returns, expected }: DatabaseQuery, { rows }: Answer, findings: Findings): void {
  const scalar = returns === "scalar";
  if (scalar) {
    const one = rows.length === 1 && rows[0]?.length === 1;
    findings.add("scalar", one, "one row with one column", `${rows.length} rows with ${rows[0]?.length ?? 0} columns`);
    if (!one) return;
  }
  compare(scalar ? "value" : "row_count", scalar ? (rows[0]?.[0] ?? null) : rows.length, findings, expected);
}

function compare(what: string, value: Cell, findings: Findings, expected: DatabaseQuery["expected"] = {}): void {
  const { min, max, equals } = expected;
  if (equals !== undefined) {
    const same = String(value) === String(equals) && (value === null) === (equals === null);
    findings.add(what, same, String(equals), String(value));
  }
  if (min === undefined && max === undefined) return;
  const number = value === null || value === "" ? Number.NaN : Number(value);
  const inside = number >= (min ?? Number.NEGATIVE_INFINITY) && number <= (max ?? Number.POSITIVE_INFINITY);
  findings.add(what, inside, `between ${min ?? "-∞"} and ${max ?? "∞"}`, String(value));
}

function resultOf({ returns }: DatabaseQuery, { columns, rows, truncated }: Answer, findings: Findings): Result {
  const value = returns === "scalar" ? rows[0]?.[0] : undefined;
  return {
    type: "database_query",
    ...findings.all,
    ...(value !== undefined && { value }),
    columns,
    rows,
    row_count: rows.length,
    truncated,
  };
}
