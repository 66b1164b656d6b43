import { type Connection, openPool } from "@homeslice/orchestrator/database/database.ts";
import { ScopedClient } from "@homeslice/orchestrator/database/scopedClient.ts";
import { type Databases, openDatabases } from "@homeslice/orchestrator/database/tenancy.ts";
import { together } from "@homeslice/orchestrator/database/together.ts";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Installation } from "./harness.ts";

// Whose rows a connection shows, when it goes from hand to hand. There is one for all.

const installation = await Installation.create();
let databases: Databases;
beforeAll(() => {
  databases = openDatabases({ ...installation.settings().database, connections: 2 }, () => {});
});
afterAll(async () => {
  await databases.close();
  await installation.destroy();
});

const failure = new Error("given up");

const scope = sql<{ scope: string }>`select concat_ws(' ', current_setting('homeslice.tenant'),
  current_setting('plan_cache_mode'), current_setting('enable_seqscan')) as scope`;

async function scopeOf(connection: Connection): Promise<string> {
  return (await scope.execute(connection)).rows[0]?.scope ?? "";
}

const views = () => [
  { view: databases.system, scope: "* auto on" },
  { view: databases.tenant("one"), scope: "one auto on" },
  { view: databases.starts("one"), scope: "one force_generic_plan off" },
  { view: databases.tenant("it's another"), scope: "it's another auto on" },
];

/** Ways in which somebody uses a connection and gives it back. */
const uses: Record<string, (view: Databases["system"]) => Promise<string>> = {
  "a statement": (view) => scopeOf(view),
  "a transaction": (view) => view.transaction().execute((transaction) => scopeOf(transaction)),
  "a transaction whose statements are sent together": (view) =>
    view.transaction().execute(async (transaction) => {
      const query = scope.compile(transaction);
      const [first, second] = await together(transaction, (send) => Promise.all([send(query), send(query)]));
      expect(first).toEqual(second);
      return first[0]?.scope ?? "";
    }),
  "a transaction that writes first": (view) =>
    view.transaction().execute(async (transaction) => {
      await sql`create temporary table once () on commit drop`.execute(transaction);
      return await scopeOf(transaction);
    }),
  "a transaction of which nothing comes": async (view) => {
    await expect(view.transaction().execute(() => Promise.reject(failure))).rejects.toBe(failure);
    return await scopeOf(view);
  },
  "a transaction that is rolled back": async (view) => {
    let scope = "";
    const given = view.transaction().execute(async (transaction) => {
      scope = await scopeOf(transaction);
      throw failure;
    });
    await expect(given).rejects.toBe(failure);
    return scope;
  },
  "a statement that fails": async (view) => {
    await expect(sql`select 1 / 0`.execute(view)).rejects.toThrow("division by zero");
    return await scopeOf(view);
  },
  "a transaction with a statement that fails": async (view) => {
    const failed = view.transaction().execute((transaction) => sql`select 1 / 0`.execute(transaction));
    await expect(failed).rejects.toThrow("division by zero");
    return await scopeOf(view);
  },
};

test.each(Object.keys(uses))("after %s, whoever comes next sees what is theirs", async (before) => {
  for (const first of views()) {
    for (const [name, use] of Object.entries(uses)) {
      for (const next of views()) {
        expect(await uses[before]?.(first.view), before).toBe(first.scope);
        expect(await use(next.view), `${before} of ${first.scope}, then ${name}`).toBe(next.scope);
      }
    }
  }
});

test("statements that are sent together are carried out in the order of their calls, and none after one that fails", async () => {
  const view = databases.tenant("one");
  await sql`create table steps (step integer primary key)`.execute(view);
  const steps = (transaction: Connection, ...numbers: readonly number[]) =>
    together(transaction, (send) =>
      Promise.all(
        numbers.map((step) =>
          send(
            sql<{ before: number }>`with before as (select count(*)::integer as before from steps),
              added as (insert into steps values (${step})) select before from before`.compile(transaction),
          ),
        ),
      ),
    );
  const stored = await view.transaction().execute((transaction) => steps(transaction, 3, 1, 2));
  expect(stored.flat().map(({ before }) => before)).toEqual([0, 1, 2]);
  const failed = view.transaction().execute((transaction) => steps(transaction, 4, 3, 5));
  await expect(failed).rejects.toMatchObject({ code: "23505" });
  const { rows } = await sql<{ step: number }>`select step from steps order by step`.execute(view);
  expect(rows.map(({ step }) => step)).toEqual([1, 2, 3]);
});

test("nothing is carried out of a transaction that does not begin, and its connection is given up", async () => {
  const settings = { ...installation.settings().database, connections: 1 };
  const pool = openPool(settings, () => {}, { silenceMs: 0, standstillMs: 0 });
  const client = new ScopedClient(await pool.connect()).enter({ plan_cache_mode: "nonsense" });
  await client.query("begin", []);
  const unknown = expect.objectContaining({ message: expect.stringContaining("nonsense") });
  await expect(client.query("select 1", [])).rejects.toEqual(unknown);
  await client.query("rollback", []);
  await client.query("begin", []);
  const writing = [client.query("create table never ()", []), client.query("select 1", [])];
  for (const outcome of await Promise.allSettled(writing))
    expect(outcome).toMatchObject({ status: "rejected", reason: unknown });
  client.release();
  expect(pool.totalCount).toBe(0);
  await pool.end();
  expect(await installation.rows("select from pg_tables where tablename = 'never'", "*")).toEqual([]);
});
