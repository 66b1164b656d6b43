import { createPartitions, dropPartitions } from "@homeslice/orchestrator/logs/partitions.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Databases, openDatabases } from "../../../apps/orchestrator/database/tenancy.ts";
import { idAt } from "../../../apps/orchestrator/executions/ids.ts";
import { Installation } from "./harness.ts";

let installation: Installation;
let databases: Databases;
const DAY_MS = 86_400_000;
const midnight = Math.floor(Date.now() / DAY_MS) * DAY_MS;
const inDays = (days: number, hours = 0) => new Date(midnight + days * DAY_MS + hours * 3_600_000);

beforeAll(async () => {
  installation = await Installation.create();
  databases = openDatabases(installation.settings().database, () => {});
  // Long enough that its own look after partitions does not come into the way.
  await installation.start({ retentionMs: 600_000 });
});

afterAll(async () => {
  await databases.close();
  await installation.destroy();
});

async function partitions(): Promise<string[]> {
  const rows = await installation.rows(
    "select inhrelid::regclass::text as name from pg_inherits where inhparent = 'log_lines'::regclass order by 1",
    "*",
  );
  return rows.map((row) => String(row["name"]));
}

const nameOf = (day: Date) => `log_lines_${day.toISOString().slice(0, 10).replaceAll("-", "")}`;

/** An execution that was started at a time, with a line of output. */
async function execution(at: Date, ended: boolean): Promise<string> {
  const id = idAt(at).replace(/0{12}$/, Math.random().toString(16).slice(2, 14).padEnd(12, "0"));
  const server = "(select server_id from servers limit 1)";
  await installation.query(`
    begin;
    insert into servers (tenant_id, hostname, environment, created_by) values ('default', 'box', 'dev', 'test');
    insert into executions (tenant_id, execution_id, batch_id, initiated_by, operation, parameters, timeout_seconds, policy,
        total_count, state, completed_at)
      values ('default', '${id}', '${id}', 'test', '{"type": "shell_command", "argv": ["true"]}', '{}', 60, '{}', 1,
        '${ended ? "succeeded" : "running"}', ${ended ? "now()" : "null"});
    insert into log_lines (tenant_id, execution_id, server_id, seq, stream, text, at)
      select 'default', '${id}', ${server}, 1, 'stdout', 'kept', now();
    commit`);
  return id;
}

const lines = async () =>
  Number((await installation.rows("select count(*) as lines from log_lines", "*"))[0]?.["lines"]);

test("once it listens, there is a partition for each of the days to come, and what was before is one as well", async () => {
  const expected = Array.from({ length: 14 }, (_, day) => nameOf(inDays(day + 1)));
  expect(await partitions()).toEqual([...expected, "log_lines_before"]);
  expect(await createPartitions(databases.system, inDays(14))).toEqual([]);
});

test("of many who make partitions at the same time, each is made by one", async () => {
  const made = await Promise.all(Array.from({ length: 5 }, () => createPartitions(databases.system, inDays(20))));
  expect(made.flat().toSorted()).toEqual(Array.from({ length: 6 }, (_, day) => nameOf(inDays(day + 15))));
});

test("a line is in the partition of its execution's day, also at its very first and last moment", async () => {
  for (const at of [inDays(3), new Date(inDays(4).getTime() - 1)]) await execution(at, true);
  const rows = await installation.rows("select tableoid::regclass::text as name from log_lines", "*");
  expect(rows.map((row) => row["name"])).toEqual([nameOf(inDays(3)), nameOf(inDays(3))]);
});

test("only whole days are dropped in which everything has ended, with their lines and nothing else", async () => {
  await execution(inDays(5, 12), true);
  await execution(inDays(6, 12), false);
  await execution(inDays(7, 12), true);
  expect(await lines()).toBe(5);
  const dropped = await dropPartitions(databases.system, inDays(7, 18));
  expect(dropped).toContain(nameOf(inDays(5)));
  expect(dropped).not.toContain(nameOf(inDays(6)));
  expect(dropped).not.toContain(nameOf(inDays(7)));
  expect(await lines()).toBe(2);
  expect(Number((await installation.rows("select count(*) as n from executions", "*"))[0]?.["n"])).toBe(5);
  // Further days are added where the last one ends, whatever was dropped.
  expect(await createPartitions(databases.system, inDays(21))).toEqual([nameOf(inDays(21))]);
});

test("while somebody reads for long, nothing waits behind the drop of a day: it is left for later", async () => {
  const gate = Promise.withResolvers<void>();
  const holding = Promise.withResolvers<void>();
  const reading = databases.system.transaction().execute(async (transaction) => {
    await transaction.selectFrom("log_lines").select("seq").execute();
    holding.resolve();
    await gate.promise;
  });
  await holding.promise;
  const last = inDays(9);
  expect(await dropPartitions(databases.system, last)).toEqual([]);
  gate.resolve();
  await reading;
  expect(await dropPartitions(databases.system, last)).toContain(nameOf(inDays(7)));
});

test("a partition shows nobody more than the table does", async () => {
  await execution(inDays(10), true);
  const direct = `select * from ${nameOf(inDays(10))}`;
  expect(await installation.rows(direct, "*")).toEqual([]);
  expect(await installation.rows("select * from log_lines", "another")).toEqual([]);
});

test("a read of one execution's output looks into one partition alone", async () => {
  const id = await execution(inDays(11), true);
  const plan = await installation.rows(`explain select * from log_lines where execution_id = '${id}'`, "*");
  const text = plan.map((row) => String(row["QUERY PLAN"])).join("\n");
  expect(text.match(/log_lines_\d{8}/g)?.every((name) => name === nameOf(inDays(11)))).toBe(true);
  expect(text).not.toContain("log_lines_before");
});
