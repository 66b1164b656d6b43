import type { Connection } from "@homeslice/orchestrator/database/database.ts";
import { type Databases, openDatabases } from "@homeslice/orchestrator/database/tenancy.ts";
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

async function scopeOf(connection: Connection): Promise<string> {
  const { rows } = await sql<{ scope: string }>`select concat_ws(' ', current_setting('homeslice.tenant'),
    current_setting('plan_cache_mode'), current_setting('enable_seqscan')) as scope`.execute(connection);
  return rows[0]?.scope ?? "";
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
