import { type Client, ClientError } from "@homeslice/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { Installation } from "./harness.ts";

let installation: Installation;
let client: Client;

beforeEach(async () => {
  installation = await Installation.create();
});

afterEach(async () => await installation.destroy());

const operation = { type: "shell_command" as const, argv: ["true"] satisfies [string] };

/** An execution that ended some days ago, with a line of output. */
async function ended(days: number): Promise<string> {
  const { server } = await client.call("registerServer", { body: { hostname: "past" } });
  const params = { server_id: server.server_id };
  const { execution_id } = await client.call("startServerExecution", { params, body: { operation } });
  await client.call("cancelExecution", { params: { execution_id } });
  const [row] = await installation.rows(`select uuidv7(-interval '${days} days')::text as id`, "*");
  const id = String(row?.["id"]);
  await installation.query(`
    begin;
    insert into executions select * from jsonb_populate_record(null::executions, (select to_jsonb(e) from executions e
      where execution_id = '${execution_id}') || '{"execution_id": "${id}"}');
    update execution_targets set execution_id = '${id}' where execution_id = '${execution_id}';
    delete from executions where execution_id = '${execution_id}';
    insert into log_lines (tenant_id, execution_id, server_id, seq, stream, text, at)
      values ('default', '${id}', '${server.server_id}', 1, 'stdout', 'kept', now());
    commit`);
  return id;
}

const isThere = async (execution_id: string) =>
  await client.call("getExecution", { params: { execution_id } }).then(
    () => true,
    (error: unknown) => !(error instanceof ClientError && error.problem.code === "not_found"),
  );

const lines = async (execution_id: string) =>
  (await client.call("getExecutionLogs", { params: { execution_id } })).items.length;

test("executions and their output are kept as long as is wanted, each for itself", async () => {
  const before = await installation.start();
  client = await installation.client(before.url);
  const [young, old, ancient] = [await ended(1), await ended(40), await ended(100)];
  await before.stop();
  installation.with = { retention: { executionDays: 90, outputDays: 30, auditDays: 0 } };
  client = await installation.client((await installation.start()).url);
  await eventually(async () => !(await isThere(ancient)), "the oldest is gone");
  await eventually(async () => (await lines(old)) === 0, "the output of the older one is gone");
  expect(await isThere(old)).toBe(true);
  expect(await lines(young)).toBe(1);
});

test("what became of the times of a schedule is kept as long, and the newest for ever", async () => {
  const before = await installation.start();
  client = await installation.client(before.url);
  const timing = { type: "cron", expression: "@yearly" } as const;
  const execution = { operation, targets: { groups: ["none"] } };
  const { schedule_id } = await client.call("createSchedule", { body: { name: "yearly", timing, execution } });
  await before.stop();
  await installation.query(`insert into schedule_fires (tenant_id, schedule_id, scheduled_at, fired_at, outcome)
    select 'default', '${schedule_id}', at, at, 'started' from (select now() - interval '1 day' * days as at
      from unnest(array[100, 300, 500]) as past (days)) as fires`);
  installation.with = { retention: { executionDays: 90, outputDays: 0, auditDays: 0 } };
  client = await installation.client((await installation.start()).url);
  const fires = async () => (await client.call("listScheduleFires", { params: { schedule_id }, query: {} })).items;
  await eventually(async () => (await fires()).length === 1, "the older ones are gone");
  const [kept] = await fires();
  expect(Date.now() - Date.parse(kept?.scheduled_at ?? "")).toBeLessThan(101 * 86_400_000);
});

test("the rest of the audit log can still be checked when its beginning is past its retention", async () => {
  const before = await installation.start();
  client = await installation.client(before.url);
  for (const hostname of ["a", "b", "c"]) await client.call("registerServer", { body: { hostname } });
  const sealed = async () => (await client.call("verifyAudit")).unsealed === 0;
  await eventually(sealed, "everything is sealed");
  await before.stop();
  await installation.query("update audit_events set at = at - interval '400 days' where position <= 2");
  installation.with = { retention: { executionDays: 0, outputDays: 0, auditDays: 365 } };
  client = await installation.client((await installation.start()).url);
  const count = async () => (await client.call("listAudit")).items.length;
  await eventually(async () => (await count()) === 1, "the oldest entries are gone");
  await client.call("registerServer", { body: { hostname: "d" } });
  await eventually(sealed, "the new one is sealed");
  expect(await client.call("verifyAudit")).toMatchObject({ intact: true, checked: 2, head: { position: 4 } });
});
