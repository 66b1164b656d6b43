import { ClientError } from "@homeslice/protocol";
import { expect, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { startInstallation } from "./harness.ts";
import { TestAgent } from "./testAgent.ts";

const { installation, url, client } = await startInstallation();

const disk = {
  name: "Disk usage",
  category: "system" as const,
  operation: { type: "shell_command" as const, argv: ["df", "-h", "{{path}}"] satisfies [string, ...string[]] },
  parameters: { path: { type: "string" as const, default: "/" } },
  execution_config: { timeout_seconds: 60 },
  success_criteria: { exit_code: 1 },
};

test("an action template is created, listed, run with its parameters, and counted", async () => {
  const created = await client.call("createAction", { body: disk });
  expect(created).toMatchObject({
    name: "Disk usage",
    version: 1,
    metadata: { usage_count: 0, created_by: "test admin" },
  });
  const { enrolment_token } = await client.call("registerServer", { body: { hostname: "box" } });
  const agent = await TestAgent.enrol(url, enrolment_token);
  const link = await agent.connect(url);
  const body = {
    target_servers: [agent.serverId],
    action_template_id: created.action_id,
    parameters: { path: "/tmp" },
  };
  const execution = await client.call("startExecution", { body });
  const job = await link.job();
  expect(job).toMatchObject({ operation: { argv: ["df", "-h", "/tmp"] }, timeout_seconds: 60 });
  link.finish(job, 1, 0);
  await link.receive("settled");
  const params = { execution_id: execution.execution_id };
  expect((await client.call("getExecution", { params })).status.overall).toBe("succeeded");
  const { items } = await client.call("listActions", { query: { category: "system" } });
  expect(items.map(({ name, metadata }) => [name, metadata.usage_count])).toEqual([["Disk usage", 1]]);
  expect((await client.call("listActions", { query: { category: "network" } })).items).toEqual([]);
});

test("a name is given once", async () => {
  await client.call("createAction", { body: { ...disk, name: "Twice" } });
  const error: unknown = await client
    .call("createAction", { body: { ...disk, name: "Twice" } })
    .catch((caught) => caught);
  expect(error).toBeInstanceOf(ClientError);
  expect(error).toMatchObject({ problem: { code: "conflict", fix: "choose another name" } });
});

test("each change keeps the definition before it, shows what differs, and can be taken back", async () => {
  const body = { ...disk, name: "Changing" };
  const { action_id } = await client.call("createAction", { body });
  const params = { action_id };
  const wider = { ...body, tags: ["wide"], execution_config: { timeout_seconds: 90 } };
  await client.call("updateAction", { params, body: wider, version: 1 });
  expect(await client.call("compareActionVersions", { params })).toEqual({
    from: 1,
    to: 2,
    changes: [
      { path: "execution_config.timeout_seconds", before: "60", after: "90" },
      { path: "tags", before: "[]", after: null },
      { path: "tags[0]", before: null, after: '"wide"' },
    ],
  });
  const restore = (version: number) =>
    client.call("restoreActionVersion", { params: { ...params, version: "1" }, version });
  await expect(restore(1)).rejects.toThrow("it is in version 2 now");
  expect(await restore(2)).toMatchObject({ version: 3, tags: [], execution_config: { timeout_seconds: 60 } });
  expect((await client.call("compareActionVersions", { params, query: { from: "1", to: "3" } })).changes).toEqual([]);
  const { items } = await client.call("listActionVersions", { params });
  expect(items.map(({ version, restored_from, changed_by }) => [version, restored_from, changed_by])).toEqual([
    [3, 1, "test admin"],
    [2, null, "test admin"],
    [1, null, "test admin"],
  ]);
  const second = await client.call("getActionVersion", { params: { ...params, version: "2" } });
  expect(second.definition).toMatchObject(wider);
  await expect(client.call("getActionVersion", { params: { ...params, version: "4" } })).rejects.toThrow(
    "no version 4",
  );
});

test("an execution, its approval and the fire of a schedule name the version that they run", async () => {
  const { server } = await client.call("registerServer", { body: { hostname: "versions" } });
  const target_servers = [server.server_id];
  const { action_id } = await client.call("createAction", { body: { ...disk, name: "Versioned" } });
  const rule = { name: "versioned", action_template_ids: [action_id] };
  const { rule_id } = await client.call("createApprovalRule", { body: rule });
  const start = { target_servers, action_template_id: action_id };
  const { execution_id, action_version } = await client.call("startExecution", { body: start });
  expect(action_version).toBe(1);
  await client.call("updateAction", { params: { action_id }, body: { ...disk, name: "Versioned", tags: ["new"] } });
  const approval = await client.call("getApproval", { params: { execution_id } });
  expect(approval).toMatchObject({ action_template_id: action_id, action_version: 1 });
  await client.call("deleteApprovalRule", { params: { rule_id } });
  const timing = { type: "once" as const, at: new Date(Date.now() + 300).toISOString() };
  const { schedule_id } = await client.call("createSchedule", { body: { name: "versions", timing, execution: start } });
  const lastFire = async () => (await client.call("getSchedule", { params: { schedule_id } })).last_fire;
  await eventually(async () => (await lastFire()) !== null, "it has fired");
  expect(await lastFire()).toMatchObject({ outcome: "started", action_version: 2 });
  const { items } = await client.call("listScheduleFires", { params: { schedule_id } });
  expect(items.map((fire) => fire.action_version)).toEqual([2]);
});

test("a parameter that is a server stands for its host name, and for no server of another tenant", async () => {
  const { server } = await client.call("registerServer", { body: { hostname: "named" } });
  const operation = { type: "shell_command" as const, argv: ["ping", "{{host}}"] satisfies [string, string] };
  const body = { name: "Ping", operation, parameters: { host: { type: "server" as const } } };
  const params = { action_id: (await client.call("createAction", { body })).action_id };
  const preview = (host: string) => client.call("previewAction", { params, body: { parameters: { host } } });
  expect((await preview(server.server_id)).summary).toBe("run ping named");
  const other = await installation.client(url, "admin", "other");
  const { server: theirs } = await other.call("registerServer", { body: { hostname: "theirs" } });
  await expect(preview(theirs.server_id)).rejects.toThrow("do not fit");
});

test("history lists executions newest first, by server and state", async () => {
  const { server } = await client.call("registerServer", { body: { hostname: "history" } });
  const { server_id } = server;
  const operation = { type: "shell_command" as const, argv: ["true"] satisfies [string] };
  const ids: string[] = [];
  for (let index = 0; index < 3; index++) {
    ids.push((await client.call("startServerExecution", { params: { server_id }, body: { operation } })).execution_id);
  }
  const list = async (query: object) => {
    const { items } = await client.call("listExecutions", { query: { server_id, ...query } });
    return items.map(({ execution_id }) => execution_id);
  };
  expect(await list({})).toEqual(ids.toReversed());
  expect(await list({ status: "queued" })).toEqual(ids.toReversed());
  expect(await list({ status: "running" })).toEqual([]);
});

test("a template is checked before it is stored: every fault at its place, and nothing is kept", async () => {
  const before = (await client.call("listActions", { query: { limit: 1_000 } })).items.length;
  expect(await client.call("checkAction", { body: { ...disk, name: "Not kept" } })).toEqual({
    valid: true,
    errors: [],
  });
  const { valid, errors } = await client.call("checkAction", {
    body: { ...disk, parameters: {}, execution_config: { retry_count: 2 } },
  });
  expect({ valid, places: errors.map(({ path }) => path) }).toEqual({
    valid: false,
    places: ["operation.argv.2", "execution_config.retry_count"],
  });
  expect((await client.call("listActions", { query: { limit: 1_000 } })).items).toHaveLength(before);
});
