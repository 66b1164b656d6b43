import type { AuditEvent } from "@homeslice/protocol";
import { expect, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { Installation, startInstallation } from "./harness.ts";
import { TestAgent } from "./testAgent.ts";

const { installation, url, client } = await startInstallation();

async function events(query: { event_type?: AuditEvent["event_type"]; resource_id?: string; actor_id?: string } = {}) {
  return (await client.call("listAudit", { query })).items;
}

const verify = async () => await client.call("verifyAudit");
const sealed = () => eventually(async () => (await verify()).unsealed === 0, "all entries are sealed");

test("every change leaves an entry: who, from where, what, and that it was done", async () => {
  const { server, enrolment_token } = await client.call("registerServer", { body: { hostname: "audited" } });
  const params = { server_id: server.server_id };
  await TestAgent.enrol(url, enrolment_token);
  await client.call("updateServer", { params, body: { hostname: "renamed" } });
  const operation = { type: "shell_command" as const, argv: ["true"] satisfies [string] };
  const { execution_id } = await client.call("startServerExecution", { params, body: { operation } });
  await client.call("cancelExecution", { params: { execution_id } });
  await client.call("deleteServer", { params });
  const told = await events({ resource_id: server.server_id });
  expect(told.map(({ event_type }) => event_type)).toEqual([
    "server.deleted",
    "server.updated",
    "agent.enrolled",
    "server.registered",
  ]);
  expect(told.at(-1)).toMatchObject({
    actor: { type: "user", id: "test admin", ip_address: "127.0.0.1" },
    resource: { type: "server", name: "audited" },
    result: { success: true, error_message: null, affected_count: 1 },
  });
  const started = await events({ resource_id: execution_id });
  expect(started.map(({ event_type }) => event_type)).toEqual(["execution.cancelled", "execution.started"]);
  expect(started.at(-1)?.details).toMatchObject({ operation, target_servers: [server.server_id] });
});

test("an entry says how many things its change reached", async () => {
  const register = async (hostname: string) =>
    (await client.call("registerServer", { body: { hostname } })).server.server_id;
  const [first, second] = [await register("reached-1"), await register("reached-2")];
  const operation = { type: "shell_command" as const, argv: ["true"] satisfies [string] };
  const body = { operation, target_servers: [first, second] };
  const { execution_id } = await client.call("startExecution", { body });
  for (const _ of ["two that wait", "none that is left"]) {
    await client.call("cancelExecution", { params: { execution_id } });
  }
  const told = await events({ resource_id: execution_id });
  expect(told.map(({ event_type, result }) => [event_type, result.affected_count])).toEqual([
    ["execution.cancelled", 0],
    ["execution.cancelled", 2],
    ["execution.started", 2],
  ]);
});

test("a change that failed leaves none, and one that was repeated leaves one", async () => {
  const before = (await events()).length;
  const missing = { server_id: crypto.randomUUID() };
  await expect(client.call("deleteServer", { params: missing })).rejects.toThrow("there is no server");
  expect((await events()).length).toBe(before);
  const { server } = await client.call("registerServer", { body: { hostname: "twice" } });
  const operation = { type: "shell_command" as const, argv: ["true"] satisfies [string] };
  const start = { params: { server_id: server.server_id }, body: { operation }, idempotencyKey: crypto.randomUUID() };
  const { execution_id } = await client.call("startServerExecution", start);
  await client.call("startServerExecution", start);
  expect(await events({ resource_id: execution_id })).toHaveLength(1);
});

test("a refused attempt leaves an entry, but a flood of the same one does not", async () => {
  const headers = { authorization: `Bearer ${await installation.token("viewer")}`, "user-agent": "curious" };
  for (let index = 0; index < 5; index++) {
    expect((await fetch(`${url}/api/v1/audit`, { headers })).status).toBe(403);
  }
  expect(await events({ actor_id: "test viewer" })).toMatchObject([
    {
      event_type: "request.refused",
      actor: { user_agent: "curious" },
      resource: { type: "route", id: "GET /api/v1/audit" },
      result: {
        success: false,
        affected_count: 0,
        error_message: "the role viewer does not have the permission audit:read",
      },
    },
  ]);
  const { enrolment_token } = await client.call("registerServer", { body: { hostname: "claimed" } });
  const agent = await TestAgent.enrol(url, enrolment_token);
  const link = await agent.impostor().connect(url);
  await eventually(() => link.closed !== undefined, "the impostor is cut off");
  expect(await events({ event_type: "agent.refused", resource_id: agent.serverId })).toHaveLength(1);
});

test("pages of the log come without a gap or a repetition", async () => {
  const ids: number[] = [];
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const page = await client.call("listAudit", { query: { limit: 3, ...(cursor === undefined ? {} : { cursor }) } });
    ids.push(...page.items.map(({ event_id }) => event_id));
    cursor = page.next_cursor;
  }
  expect(ids).toEqual((await events()).map(({ event_id }) => event_id));
});

test("the chain is intact, and shows where an entry was altered or taken out", async () => {
  for (let index = 0; index < 5; index++) await client.call("registerServer", { body: { hostname: `chain-${index}` } });
  await sealed();
  const { checked, head, ...rest } = await verify();
  expect(rest).toEqual({ intact: true, unsealed: 0, broken_at: null });
  expect(head?.position).toBe(checked);

  const altered = checked - 2;
  await installation.query(
    `update audit_events set actor = actor || '{"id":"somebody else"}' where position = ${altered}`,
  );
  expect(await verify()).toMatchObject({ intact: false, broken_at: altered });
  await installation.query(`delete from audit_events where position = ${altered}`);
  expect(await verify()).toMatchObject({ intact: false, broken_at: altered });
});

test("two orchestrators seal one chain", async () => {
  const fresh = await Installation.create();
  const [one, two] = [await fresh.start(), await fresh.start()];
  const clients = [await fresh.client(one.url), await fresh.client(two.url)];
  const register = async (index: number) =>
    await clients[index % 2]?.call("registerServer", { body: { hostname: `host-${index}` } });
  await Promise.all(Array.from({ length: 60 }, (_, index) => register(index)));
  const check = async () => await clients[0]?.call("verifyAudit");
  await eventually(async () => (await check())?.unsealed === 0, "all entries are sealed");
  expect(await check()).toMatchObject({ intact: true, checked: 60 });
  await fresh.destroy();
});
