import { sql } from "kysely";
import { Migrator } from "kysely/migration";
import { afterAll, beforeAll, expect, test } from "vitest";
import { migrate } from "../../../apps/orchestrator/database/migrate.ts";
import * as initial from "../../../apps/orchestrator/database/migrations/0001-initial.ts";
import { type Databases, openDatabases } from "../../../apps/orchestrator/database/tenancy.ts";
import { eventually } from "../../support/eventually.ts";
import { Installation } from "./harness.ts";

let installation: Installation;
let databases: Databases;

beforeAll(async () => {
  installation = await Installation.createEmpty();
  databases = openDatabases(installation.settings().database, () => {});
});

afterAll(async () => {
  await databases.close();
  await installation.destroy();
});

/** Ends of one execution on four servers, in the states that the first version knew. */
const history = [
  { states: ["succeeded", "succeeded"], becomes: { state: "succeeded", success_count: 2, failure_count: 0 } },
  { states: ["succeeded", "failed", "cancelled"], becomes: { state: "failed", success_count: 1, failure_count: 2 } },
  { states: ["lost"], becomes: { state: "lost", success_count: 0, failure_count: 1 } },
  { states: ["running", "succeeded"], becomes: { state: "running", success_count: 1, failure_count: 0 } },
  { states: ["queued"], becomes: { state: "queued", success_count: 0, failure_count: 0 } },
];

async function seed(): Promise<string[]> {
  const database = databases.system;
  const ids: string[] = [];
  for (const { states } of history) {
    const { rows } = await sql<{ execution_id: string }>`
      insert into executions (initiated_by, operation, parameters, timeout_seconds, success_exit_code)
      values ('before', '{"type": "shell_command", "argv": ["true"]}', '{}', 60, 7)
      returning execution_id`.execute(database);
    const id = rows[0]?.execution_id ?? "";
    ids.push(id);
    for (const state of states) {
      await sql`with server as (
          insert into servers (hostname, environment, created_by) values ('before', 'dev', 'before') returning server_id
        )
        insert into execution_targets (execution_id, server_id, state, fence, started_at, finished_at, last_seq)
        select ${id}, server_id, ${state}, 1, now(), case when ${state} in ('running', 'queued') then null else now() end, 1
        from server`.execute(database);
    }
    await sql`insert into log_lines (execution_id, server_id, seq, stream, text, at)
      select execution_id, server_id, 1, 'stdout', 'kept', now() from execution_targets
      where execution_id = ${id}`.execute(database);
  }
  return ids;
}

test("F22: a migration that waits for a table makes nobody wait behind it for long, and is done when the table is free", async () => {
  const busy = await Installation.createEmpty();
  const { system, close } = openDatabases(busy.settings().database, () => {});
  const provider = { getMigrations: async () => ({ "0001-initial": initial }) };
  await new Migrator({ db: system, provider, migrationTableSchema: "public" }).migrateToLatest();
  const keeper = await system.startTransaction().execute();
  await sql`select from servers`.execute(keeper);
  const migrated = migrate(system, "public", 200);
  const waits = async () => {
    const { rows } = await sql`select from pg_locks where not granted and relation = 'servers'::regclass`.execute(
      system,
    );
    return rows.length > 0;
  };
  await eventually(waits, "the migration waits");
  // It would wait as long as the keeper if it stood behind a migration without a time-out.
  await sql`select from servers`.execute(system);
  await keeper.rollback().execute();
  expect(await migrated).toContain("0002-engine");
  await close();
  await busy.destroy();
});

test("F10: a database of the first version is brought up to date with all that it holds", async () => {
  const database = databases.system;
  const provider = { getMigrations: async () => ({ "0001-initial": initial }) };
  const { error } = await new Migrator({ db: database, provider, migrationTableSchema: "public" }).migrateToLatest();
  expect(error).toBeUndefined();
  const ids = await seed();
  await migrate(database, "public");
  for (const [index, { states, becomes }] of history.entries()) {
    const { rows } = await sql`select state, success_count, failure_count, total_count, batch_id, tenant_id,
      policy -> 'success_criteria' ->> 'exit_code' as exit_code from executions
      where execution_id = ${ids[index]}`.execute(database);
    expect(rows).toEqual([
      { ...becomes, total_count: states.length, batch_id: ids[index], tenant_id: "default", exit_code: "7" },
    ]);
  }
  const { rows } = await sql<{ lines: number }>`select count(*) as lines from log_lines where text = 'kept'`.execute(
    database,
  );
  expect(rows).toEqual([{ lines: history.flatMap(({ states }) => states).length }]);
  const homes = await sql<{ home: string }>`select distinct tableoid::regclass::text as home from log_lines`.execute(
    database,
  );
  expect(homes.rows).toEqual([{ home: "log_lines_before" }]);
});

test("what waited before still waits, and ends where it was", async () => {
  const { url } = await installation.start();
  const client = await installation.client(url, "admin");
  const { items } = await client.call("listExecutions", { query: { status: "queued" } });
  expect(items).toHaveLength(1);
  const { queued } = await client.call("getQueue");
  expect(queued).toBe(1);
  for (const { execution_id } of items) {
    const cancelled = await client.call("cancelExecution", { params: { execution_id } });
    expect(cancelled.status.overall).toBe("cancelled");
  }
});

test("F11: a migration that fails half-way leaves nothing behind, and the next start brings the database up to date", async () => {
  const other = await Installation.createEmpty();
  const { system, close } = openDatabases(other.settings().database, () => {});
  // In the way of the second migration, after much of it.
  await sql`create table locks (in_the_way integer)`.execute(system);
  await expect(migrate(system, "public")).rejects.toThrow("locks");
  const { rows } = await sql<{ name: string }>`select table_name as name from information_schema.tables
    where table_schema = 'public' and table_name not like 'kysely%'`.execute(system);
  expect(rows).toEqual([{ name: "locks" }]);
  await sql`drop table locks`.execute(system);
  expect((await migrate(system, "public")).length).toBeGreaterThan(4);
  expect(await migrate(system, "public")).toEqual([]);
  await close();
  await other.destroy();
});
