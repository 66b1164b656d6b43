import { mkdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { demandReading } from "@homeslice/agent/operations/databaseQuery/ask.ts";
import { Operation } from "@homeslice/protocol/operations/index.ts";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { z } from "zod";
import { createTestDatabase, type TestDatabase } from "../../support/postgres.ts";
import { Bench, eventually } from "./harness.ts";

let database: TestDatabase;
let admin: Client;
let bench: Bench;

beforeAll(async () => {
  database = await createTestDatabase();
  admin = new Client(database);
  await admin.connect();
  await admin.query(
    "create table t (id int, name text); insert into t select i, 'n' || i from generate_series(1, 500) i",
  );
});
afterAll(async () => {
  await admin.end();
  await database.drop();
});
beforeEach(async () => {
  bench = await Bench.open();
  const { host, port, user, password } = database;
  await mkdir(join(bench.stateDir, "secrets"), { recursive: true, mode: 0o700 });
  const url = `postgres://${user}:${encodeURIComponent(password)}@${host}:${port}/${database.database}`;
  await writeFile(join(bench.stateDir, "secrets/reporting"), `${url}\n`, { mode: 0o600 });
  await bench.agent();
});
afterEach(async () => {
  await bench.close();
});

type Query = Omit<Extract<z.input<typeof Operation>, { type: "database_query" }>, "type" | "connection">;

async function query(given: Query, connection = "reporting") {
  const operation = Operation.parse({ type: "database_query", connection, ...given });
  const job = bench.peer.job(["true"], { operation });
  bench.peer.run(job);
  const finish = await eventually(() => bench.peer.finish(job));
  const result = finish.result?.type === "database_query" ? finish.result : undefined;
  return { finish, result, text: bench.peer.text(job) };
}

async function count(): Promise<number> {
  return (await admin.query("select count(*)::int as n from t")).rows[0]?.n;
}

describe("a database query", () => {
  it("returns one value, and whether it is in its range", async () => {
    const good = await query({ query: "select count(*) from t", returns: "scalar", expected: { min: 1, max: 500 } });
    expect(good.finish.exit_code).toBe(0);
    expect(good.result).toMatchObject({ passed: true, value: "500", columns: ["count"] });
    const bad = await query({ query: "select count(*) from t", returns: "scalar", expected: { max: 499 } });
    expect(bad.finish.exit_code).toBe(1);
    expect(bad.text).toBe(
      "ok      scalar: 1 rows with 1 columns\nFAILED  value: expected between -∞ and 499, found 500\n",
    );
  });

  it("returns rows up to a limit, with parameters that are values and never text of the statement", async () => {
    const { result } = await query({
      query: "select id, name from t where id > $1 order by id",
      parameters: [10],
      row_limit: 2,
    });
    expect(result).toMatchObject({
      columns: ["id", "name"],
      rows: [
        [11, "n11"],
        [12, "n12"],
      ],
      row_count: 2,
      truncated: true,
    });
    const injected = await query({ query: "select id from t where name = $1", parameters: ["x' or '1'='1"] });
    expect(injected.result).toMatchObject({ rows: [], columns: ["id"], truncated: false });
  });

  it("takes rows that it does not want from nobody: a query without an end is no flood", async () => {
    const { result } = await query({ query: "select generate_series(1, 1000000000)", row_limit: 3 });
    expect(result).toMatchObject({ rows: [[1], [2], [3]], truncated: true });
  });

  it.each([
    "with gone as (delete from t returning 1) select count(*) from gone",
    "select 1; commit; delete from t",
    "select setval('s', 1)",
    "select set_config('transaction_read_only', 'off', false), emptied()",
  ])("cannot change anything by %s", async (text) => {
    await admin.query(`create sequence if not exists s;
      create or replace function emptied() returns void language sql as 'delete from t'`);
    const { finish, result } = await query({ query: text });
    expect(finish.exit_code).toBe(1);
    expect(result?.checks[0]).toMatchObject({ check: "answers", passed: false });
    expect(await count()).toBe(500);
  });

  it("that may only read is asked for nothing that no transaction holds back, in a dry run neither", async () => {
    const touched = bench.path("touched");
    for (const dry_run of [false, true]) {
      const { finish, text } = await query({ query: `copy (select 1) to program 'touch ${touched}'`, dry_run });
      expect(finish).toMatchObject({ exit_code: 2 });
      expect(text).toContain("this query may only read");
    }
    await expect(stat(touched)).rejects.toThrow("ENOENT");
  });

  it("changes what it is allowed to", async () => {
    const { result } = await query({ query: "insert into t values (501, 'x') returning id", read_only: false });
    expect(result).toMatchObject({ passed: true, rows: [[501]] });
    expect(await count()).toBe(501);
    await admin.query("delete from t where id = 501");
  });

  it("is ended by its statement time-out", async () => {
    const { result } = await query({ query: "select pg_sleep(60)", statement_timeout_ms: 50 });
    expect(result?.checks[0]?.actual).toContain("statement timeout");
  });

  it("says what it would do in a dry run, and does nothing", async () => {
    const { finish, text } = await query({ query: "delete from t", read_only: false, dry_run: true });
    expect(finish).toMatchObject({ exit_code: 0 });
    expect(text).toMatch(/^dry run: would query "reporting", which would do this:\nDelete on t/);
    expect(await count()).toBe(500);
  });

  it("needs a connection that the owner of the server put there, and names no other file", async () => {
    const { finish, text } = await query({ query: "select 1" }, "other");
    expect(finish.exit_code).toBe(2);
    expect(text).toContain('this server has no secret "other"');
    const away = { type: "database_query", connection: "../agent.key", query: "select 1" };
    expect(Operation.safeParse(away).success).toBe(false);
  });
});

describe("what may only read", () => {
  it.each([
    "delete from t",
    "/* /* */ select */ copy t to '/tmp/x'",
    "-- select\ncopy t to '/tmp/x'",
    "set transaction read write",
    "commit",
    "do $$ begin commit; delete from t; end $$",
    "call emptied()",
    "selection",
  ])("does not begin with %s", (text) => expect(() => demandReading(text)).toThrow("this query may only read"));

  it.each(["(select 1) union (select 1)", "/* a * b */ -- c\n SELECT 1", "table t", "values (1)", "show timezone"])(
    "may begin with %s",
    (text) => expect(() => demandReading(text)).not.toThrow(),
  );
});
