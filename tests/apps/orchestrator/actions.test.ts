import { ClientError } from "@homeslice/protocol";
import { expect, test } from "vitest";
import { startInstallation } from "./harness.ts";
import { TestAgent } from "./testAgent.ts";

const { url, client } = await startInstallation();

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
