import { ClientError, type RouteName, routes } from "@homeslice/protocol";
import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { eventually } from "../../support/eventually.ts";
import { startInstallation } from "./harness.ts";
import { TestAgent } from "./testAgent.ts";

const { installation, url, client } = await startInstallation();

const operation = { type: "shell_command" as const, argv: ["true"] satisfies [string] };
const servers: string[] = [];
let executionId: string;
let scheduleId: string;
let hookId: string;
let runId: string;
let actionId: string;

beforeAll(async () => {
  for (const [index, hostname] of ["delta", "alpha", "charlie", "alpha", "bravo"].entries()) {
    const environment = index % 2 === 0 ? ("dev" as const) : ("prod" as const);
    const body = { hostname, environment, tags: [`tag-${hostname}`], server_group: "web" };
    const { server, enrolment_token } = await client.call("registerServer", { body });
    servers.push(server.server_id);
    if (index < 2) await (await (await TestAgent.enrol(url, enrolment_token)).connect(url)).receive("welcome");
    const action = { name: `${hostname} ${index}`, operation, tags: [hostname], description: "Looks AFTER things" };
    const { action_id: action_template_id } = await client.call("createAction", { body: action });
    actionId = action_template_id;
    const kept = { name: `${hostname}-${index}`, source: { type: "value" as const, value: "s3cret" } };
    await client.call("createSecret", { body: kept });
    const secret = `whsec_${"A".repeat(32)}`;
    const hook = { name: `${hostname} ${index}`, source: "webhook" as const, secret, action_template_id };
    hookId = (await client.call("createHook", { body: hook })).hook_id;
    const steps = [0, 1, 2, 3, 4].map((step) => ({ name: `ask_${step}`, gate: { message: "?" } }));
    const workflow = await client.call("createWorkflow", { body: { name: `${hostname} ${index}`, steps } });
    const params = { workflow_id: workflow.workflow_id };
    runId = (await client.call("startWorkflow", { params, body: {} })).run_id;
    const timing = { type: "cron", expression: `0 ${index} * * *` } as const;
    const schedule = {
      name: `${hostname} ${index}`,
      timing,
      execution: { operation, target_servers: [server.server_id] },
    };
    scheduleId = (await client.call("createSchedule", { body: schedule })).schedule_id;
    const reports = { name: `${hostname} ${index}`, kind: "changes" as const, expression: "@monthly" };
    await client.call("createReportSchedule", { body: reports });
    await client.call("reportDrift", {
      body: { stack: `stack-${index % 2}`, resources: [], checked: index, seconds: 1 },
    });
    await client.call("createRoleBinding", { body: { name: `${hostname} ${index}`, role: "viewer" } });
    const target = { type: "email" as const, to: ["ops@example.com"] };
    const { channel_id } = await client.call("createChannel", { body: { name: `${hostname} ${index}`, target } });
    const told = { name: `${hostname} ${index}`, channel_ids: [channel_id], events: ["approval.requested" as const] };
    await client.call("createNotificationRule", { body: told });
    const rule = { name: `${hostname} ${index}`, environments: [environment], min_targets: 1 };
    const { rule_id } = await client.call("createApprovalRule", { body: rule });
    await client.call("startExecution", { body: { target_servers: [server.server_id], operation } });
    const rare = { ...rule, min_targets: 1_000 };
    await client.call("updateApprovalRule", { params: { rule_id }, body: rare });
    await client.call("createAccount", { body: { username: `user-${index}`, password: "a long password" } });
    await client.call("createApiToken", { body: { name: `token ${index % 2}`, expires_in_days: 5 - index } });
    const lock = { server_id: server.server_id, lock_type: "maintenance", reason: "test", ttl_seconds: 900 } as const;
    await client.call("acquireLock", { body: { ...lock, ttl_seconds: 900 - 100 * index } });
    await client.call("startExecution", { body: { target_servers: [server.server_id], operation } });
  }
  const bulk = await client.call("startExecution", { body: { target_servers: servers, operation } });
  executionId = bulk.execution_id;
  for (let change = 1; change < 5; change++) {
    const body = { name: "bravo 4", operation, description: `Looks AFTER things ${change}` };
    await client.call("updateAction", { params: { action_id: actionId }, body });
  }
  await installation.query(`insert into hook_calls (tenant_id, hook_id, fingerprint, labels, outcome)
    select 'default', '${hookId}', number::text, '{}', 'ignored' from generate_series(1, 5) as number`);
  await installation.query(`insert into reports (tenant_id, name, kind, format, since, until, expires_at)
    select 'default', 'x', 'changes', 'csv', now(), now(), now() + interval '1 day' from generate_series(1, 5)`);
  await installation.query(`insert into schedule_fires (tenant_id, schedule_id, scheduled_at, fired_at, outcome)
    select 'default', '${scheduleId}', now() - days * interval '1 day', now(), 'failed' from generate_series(1, 5) as days`);
  await installation.query(`update execution_targets set duration_seconds = ordinal % 2, exit_code = ordinal
    where execution_id = '${executionId}'`);
});

const List = z.object({ items: z.array(z.record(z.string(), z.unknown())), next_cursor: z.string().nullable() });

async function read(path: string, query: Record<string, string> = {}) {
  const target = `${url}${path.replace("{execution_id}", executionId).replace("{schedule_id}", scheduleId).replace("{hook_id}", hookId).replace("{run_id}", runId).replace("{action_id}", actionId)}?${new URLSearchParams(query)}`;
  const headers = { authorization: `Bearer ${await installation.token("admin")}` };
  const response = await fetch(target, { headers });
  return { status: response.status, list: List.safeParse(await response.json()).data };
}

async function readAll(path: string, query: Record<string, string>): Promise<unknown[]> {
  const seen: unknown[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const { status, list } = await read(path, { ...query, limit: "2", ...(cursor === undefined ? {} : { cursor }) });
    expect(status).toBe(200);
    // Servers fall silent and executions go on while others are read.
    seen.push(...(list?.items ?? []).map(({ status: _status, ...lasting }) => lasting));
    cursor = list?.next_cursor ?? null;
  }
  return seen;
}

const names = Object.keys(routes).filter((name): name is RouteName => name.startsWith("list"));
const orders = names.flatMap((name) => {
  const { path, query } = routes[name];
  const sort = z.object({ sort: z.custom<z.ZodDefault<z.ZodEnum>>() }).parse(query.shape).sort;
  return sort
    .unwrap()
    .options.map(String)
    .filter((key) => !key.startsWith("-"))
    .map((key) => ({ name, path, key }));
});

describe("every list", () => {
  test("can be sorted", () => {
    expect(names).toHaveLength(26);
    expect(new Set(orders.map(({ name }) => name)).size).toBe(names.length);
  });

  test.each(orders)("$name by $key comes in pages without a gap or a repetition, both ways", async ({ path, key }) => {
    // What the rest of the orchestrator writes meanwhile is none of this test's business.
    const until: Record<string, string> = path.endsWith("/audit") ? { event_type: "server.registered" } : {};
    const up = await readAll(path, { ...until, sort: key });
    const down = await readAll(path, { ...until, sort: `-${key}` });
    expect(up.length).toBeGreaterThanOrEqual(5);
    expect(new Set(up.map((item) => JSON.stringify(item))).size).toBe(up.length);
    expect(down).toEqual(up.toReversed());
  });

  test("is in the order that was asked for", async () => {
    const hostnames = async (sort: "hostname" | "last_seen" | "created") =>
      (await client.call("listServers", { query: { sort } })).items.map(({ hostname }) => hostname);
    expect(await hostnames("hostname")).toEqual(["alpha", "alpha", "bravo", "charlie", "delta"]);
    expect(await hostnames("created")).toEqual(["delta", "alpha", "charlie", "alpha", "bravo"]);
    expect((await hostnames("last_seen")).slice(0, 3)).toEqual(["charlie", "alpha", "bravo"]);
    const { items } = await client.call("listLocks", { query: { sort: "expires" } });
    expect(items.map(({ server_id }) => server_id)).toEqual(servers.toReversed());
  });

  test("refuses a cursor of another order, and one that is forged", async () => {
    const { list } = await read("/api/v1/servers", { sort: "hostname", limit: "1" });
    const cursor = list?.next_cursor ?? "";
    expect((await read("/api/v1/servers", { sort: "hostname", cursor })).status).toBe(200);
    const forged = (...position: unknown[]) => Buffer.from(JSON.stringify(position)).toString("base64url");
    for (const query of [
      { sort: "-hostname", cursor },
      { sort: "created", cursor },
      { sort: "hostname", cursor: "0000" },
      { sort: "hostname", cursor: forged("hostname", "a\0b", servers[0]) },
      { sort: "hostname", cursor: forged("hostname", "a", "1 or 1=1") },
      { sort: "last_seen", cursor: forged("last_seen", "9".repeat(30), servers[0]) },
      { sort: "last_seen", cursor: forged("last_seen", null, servers[0]) },
    ]) {
      expect((await read("/api/v1/servers", query)).status, JSON.stringify(query)).toBe(400);
    }
  });
});

describe("filters", () => {
  const hosts = async (query: Parameters<typeof client.call<"listServers">>[1]) =>
    (await client.call("listServers", query)).items.map(({ hostname }) => hostname).toSorted();

  test("of servers find by ids, text, capability, version and last heartbeat", async () => {
    expect(await hosts({ query: { search: "ALPH" } })).toEqual(["alpha", "alpha"]);
    expect(await hosts({ query: { search: "tag-bra" } })).toEqual(["bravo"]);
    expect(await hosts({ query: { search: "%" } })).toEqual([]);
    expect(await hosts({ query: { capability: "shell_command" } })).toEqual(["alpha", "delta"]);
    expect(await hosts({ query: { agent_version: "0.0.0", environment: "prod" } })).toEqual(["alpha"]);
    const hourAgo = new Date(Date.now() - 3_600_000).toISOString();
    expect(await hosts({ query: { seen_after: hourAgo } })).toEqual(["alpha", "delta"]);
    expect(await hosts({ query: { seen_before: hourAgo } })).toEqual(["alpha", "bravo", "charlie"]);
    const server_ids = [servers[0], servers[4], crypto.randomUUID()].join(",");
    expect(await hosts({ query: { server_ids } })).toEqual(["bravo", "delta"]);
    expect(await hosts({ query: { server_ids, environment: "prod" } })).toEqual([]);
    await expect(hosts({ query: { server_ids: `${servers[0]},` } })).rejects.toThrow("the request has 1 problem");
  });

  test("of actions find by tag, operation and text", async () => {
    const found = async (query: object) => (await client.call("listActions", { query })).items.length;
    expect(await found({ tag: "alpha" })).toBe(2);
    expect(await found({ search: "after THINGS" })).toBe(5);
    expect(await found({ operation: "database_query" })).toBe(0);
    expect(await found({ server_tag: "alpha" })).toBe(0);
  });

  test("of locks, accounts, tokens, targets and the audit log find what is asked for", async () => {
    const locks = async (query: object) => (await client.call("listLocks", { query })).items.length;
    expect([await locks({ locked_by: "test admin" }), await locks({ locked_by: "nobody" })]).toEqual([5, 0]);
    expect(await locks({ execution_id: executionId })).toBe(0);
    const accounts = async (query: object) => (await client.call("listAccounts", { query })).items.length;
    expect([await accounts({ search: "USER-3" }), await accounts({ disabled: "true" })]).toEqual([1, 0]);
    const tokens = async (query: object) => (await client.call("listApiTokens", { query })).items.length;
    expect([await tokens({ search: "token 1" }), await tokens({ role: "admin" })]).toEqual([2, 0]);
    const params = { execution_id: executionId };
    const targets = async (query: object) => (await client.call("listExecutionTargets", { params, query })).items;
    expect((await targets({ exit_code: 3 })).map(({ server_id }) => server_id)).toEqual([servers[3]]);
    const audit = async (query: object) => (await client.call("listAudit", { query })).items.length;
    expect([await audit({ resource_type: "lock" }), await audit({ actor_type: "agent" })]).toEqual([5, 2]);
    expect(await audit({ ip_address: "::9" })).toBe(0);
    const { items } = await client.call("listAudit", { query: { ip_address: "127.0.0.1", limit: 1_000 } });
    expect(new Set(items.map(({ actor }) => actor.ip_address))).toEqual(new Set(["127.0.0.1"]));
  });

  test("of output find one stream", async () => {
    const params = { execution_id: executionId };
    await installation.query(`insert into log_lines (tenant_id, execution_id, server_id, seq, stream, text, at)
      select 'default', '${executionId}', '${servers[0]}', n, case n when 2 then 'stderr' else 'stdout' end, 'x', now()
      from generate_series(1, 3) n`);
    const lines = async (stream: "stdout" | "stderr") =>
      (await client.call("getExecutionLogs", { params, query: { stream } })).items.map(({ seq }) => seq);
    expect([await lines("stdout"), await lines("stderr")]).toEqual([[1, 3], [2]]);
  });
});

const codeOf = async (promise: Promise<unknown>) =>
  await promise.then(
    () => "done",
    (error: unknown) => (error instanceof ClientError ? error.problem.code : String(error)),
  );

describe("a change of a version that is not there any more", () => {
  test("can be kept from being made on every route that changes or deletes what has a version", () => {
    const unversioned = Object.entries(routes)
      .filter(([, { method, versioned }]) => (method === "PUT" || method === "DELETE") && !versioned)
      .map(([name]) => name);
    // Ending a thing twice ends it once, whatever was seen of it.
    expect(unversioned.toSorted()).toEqual(["cancelExecution", "releaseLock", "revokeApiToken", "unsubscribePush"]);
  });

  test("is refused, and changes nothing", async () => {
    const body = { username: "versioned", password: "a long password" };
    const account = await client.call("createAccount", { body });
    expect(account.version).toBe(1);
    const params = { account_id: account.account_id };
    const change = async (version: number) =>
      await codeOf(client.call("changeAccount", { params, body: { disabled: true }, version }));
    expect([await change(1), await change(1)]).toEqual(["done", "precondition_failed"]);
    const drop = async (version: number) => await codeOf(client.call("deleteAccount", { params, version }));
    expect([await drop(1), await drop(2), await drop(2)]).toEqual(["precondition_failed", "done", "not_found"]);

    const { action_id } = await client.call("createAction", { body: { name: "versioned", operation } });
    const action = async (version: number) =>
      await codeOf(client.call("deleteAction", { params: { action_id }, version }));
    expect([await action(2), await action(1)]).toEqual(["precondition_failed", "done"]);

    const { server } = await client.call("registerServer", { body: { hostname: "versioned" } });
    const server_id = { server_id: server.server_id };
    const hold = async (version: number) =>
      await codeOf(
        client.call("overrideBreaker", { params: server_id, body: { mode: "open", reason: "test" }, version }),
      );
    expect([await hold(2), await hold(1)]).toEqual(["precondition_failed", "done"]);
    const remove = async (version: number) => await codeOf(client.call("deleteServer", { params: server_id, version }));
    expect([await remove(1), await remove(2)]).toEqual(["precondition_failed", "done"]);
  });

  test("of the queue is refused too, from the first change on", async () => {
    expect((await client.call("getQueue")).version).toBe(0);
    const control = async (version: number) =>
      await codeOf(client.call("controlQueue", { body: { draining: false }, version }));
    expect(await control(3)).toBe("precondition_failed");
    const first = await Promise.all(Array.from({ length: 5 }, () => control(0)));
    expect(first.filter((answer) => answer === "done")).toHaveLength(1);
    expect([await control(0), await control(1)]).toEqual(["precondition_failed", "done"]);
    await eventually(async () => (await client.call("getQueue")).version === 2, "it is in version 2");
  });
});
