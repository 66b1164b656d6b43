import { ClientError, type Execution, routes } from "@homeslice/protocol";
import { describe, expect, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { startInstallation } from "./harness.ts";
import { TestAgent } from "./testAgent.ts";

// Work that is asked for, or reported, in ways that nobody should.

const { installation, url, client } = await startInstallation();

const operation = { type: "shell_command" as const, argv: ["true"] satisfies [string] };

async function connected() {
  const { enrolment_token } = await client.call("registerServer", { body: { hostname: "inputs" } });
  const agent = await TestAgent.enrol(url, enrolment_token);
  const link = await agent.connect(url);
  await link.receive("welcome");
  return { server_id: agent.serverId, link };
}

const start = async (server_id: string, more: object = {}) =>
  await client.call("startServerExecution", { params: { server_id }, body: { operation, ...more } });
const get = async ({ execution_id }: { execution_id: string }) =>
  await client.call("getExecution", { params: { execution_id } });
const cancel = async ({ execution_id }: { execution_id: string }) =>
  await client.call("cancelExecution", { params: { execution_id } });
const becomes = (execution: Execution, state: string) =>
  eventually(async () => (await get(execution)).status.overall === state, `it is ${state}`);

const refusal = async (call: Promise<unknown>) =>
  await call.then(
    () => undefined,
    (error: unknown) => (error instanceof ClientError ? error.problem : error),
  );

/** What a path is answered, as an admin. */
async function ask(path: string): Promise<{ status: number; text: string }> {
  const headers = { authorization: `Bearer ${await installation.token("admin")}` };
  const response = await fetch(url + path, { headers });
  return { status: response.status, text: await response.text() };
}

describe("R7: a cancel", () => {
  test("before the start, twice and at the same time, ends it once", async () => {
    const { server } = await client.call("registerServer", { body: { hostname: "away" } });
    const execution = await start(server.server_id);
    const answers = await Promise.all(Array.from({ length: 10 }, () => cancel(execution)));
    for (const { status, results } of answers) {
      expect([status.overall, results.failure_count, results.total_count]).toEqual(["cancelled", 1, 1]);
    }
    expect((await get(execution)).results).toMatchObject({ failure_count: 1, success_count: 0 });
  });

  test("while it is starting reaches the agent once, and whichever end the agent reports is the end", async () => {
    const { server_id, link } = await connected();
    for (const [outcome, exit_code, state] of [
      ["cancelled", 143, "cancelled"],
      ["exited", 0, "succeeded"],
    ] as const) {
      const execution = await start(server_id);
      const { execution_id, fence } = await link.job();
      await Promise.all([cancel(execution), cancel(execution)]);
      expect(await link.receive("cancel")).toMatchObject({ execution_id, fence });
      link.send({ type: "started", execution_id, fence, started_at: new Date().toISOString() });
      await cancel(execution);
      link.send({
        type: "finished",
        execution_id,
        fence,
        outcome,
        exit_code,
        error: null,
        last_seq: 0,
        duration_seconds: 1,
      });
      await becomes(execution, state);
      expect(link.received.filter(({ type }) => type === "cancel")).toEqual([]);
    }
  });

  test("after the end changes nothing", async () => {
    const { server_id, link } = await connected();
    const execution = await start(server_id);
    link.finish(await link.job(), 0, 0);
    await becomes(execution, "succeeded");
    const ended = await get(execution);
    expect(await cancel(execution)).toEqual(ended);
    expect(await get(execution)).toEqual(ended);
  });
});

describe("R10: an exit code", () => {
  test.each([256, -1, 0.5, 1e10])("of %d is none: the link is closed, and the work is as it was", async (exit_code) => {
    const { server_id, link } = await connected();
    const execution = await start(server_id);
    link.finish(await link.job(), exit_code, 0);
    await eventually(() => link.closed === 4400, "the link is closed");
    await becomes(execution, "unreachable");
  });

  test("that is missing is no success", async () => {
    const { server_id, link } = await connected();
    const execution = await start(server_id);
    const { execution_id, fence } = await link.job();
    const end = { outcome: "exited" as const, exit_code: null, error: null, last_seq: 0, duration_seconds: null };
    link.send({ type: "finished", execution_id, fence, ...end });
    await becomes(execution, "failed");
  });
});

describe("R13: a name", () => {
  test("of 10 kB is refused, wherever one can be given", async () => {
    const long = "x".repeat(10_240);
    const calls = [
      client.call("registerServer", { body: { hostname: long } }),
      client.call("registerServer", { body: { hostname: "a", tags: [long] } }),
      client.call("registerServer", { body: { hostname: "a", server_group: long } }),
      client.call("createAction", { body: { name: long, operation } }),
      client.call("createAction", { body: { name: "a", operation, applicable_server_tags: [long] } }),
    ];
    const refused = calls.map(() => expect.objectContaining({ code: "invalid_request" }));
    expect(await Promise.all(calls.map(refusal))).toEqual(refused);
  });

  test("that people choose, and a path that does not exist, make no series of metrics", async () => {
    const series = async () => (await ask("/metrics")).text.split("\n").filter((line) => line.startsWith("homeslice_"));
    const names = Array.from({ length: 20 }, (_, index) => `cardinality-${index}`);
    const use = async (name: string) => {
      await client.call("registerServer", { body: { hostname: name, tags: [name], server_group: name } });
      await client.call("createAction", { body: { name, operation } });
      await ask(`/api/v1/servers/${name}`);
      await ask(`/${name}`);
    };
    for (const name of names.slice(0, 2)) await use(name);
    const before = (await series()).length;
    for (const name of names.slice(2)) await use(name);
    const after = await series();
    expect(after.length).toBe(before);
    expect(after.join("\n")).not.toContain("cardinality");
  });
});

describe("R14: a value at the edge", () => {
  test.each([2 ** 53, -(2 ** 53), 1e21, 1e308, 0.1])("the number %d is no whole number", async (count) => {
    const { server_id } = (await client.call("registerServer", { body: { hostname: "edge" } })).server;
    const action = { name: `count ${count}`, operation, parameters: { count: { type: "integer" as const } } };
    const { action_id } = await client.call("createAction", { body: action });
    const body = { action_template_id: action_id, parameters: { count } };
    const call = client.call("startServerExecution", { params: { server_id }, body });
    expect(await refusal(call)).toMatchObject({ code: "invalid_request" });
  });

  test("a time before 1970, or after all of us, is a time", async () => {
    const { server_id } = (await client.call("registerServer", { body: { hostname: "times" } })).server;
    await start(server_id);
    const found = async (query: object) =>
      (await client.call("listExecutions", { query: { server_id, ...query } })).items.length;
    expect(await found({ created_after: "1901-12-13T00:00:00Z" })).toBe(1);
    expect(await found({ created_after: "0001-01-01T00:00:00Z", created_before: "9999-12-31T23:59:59Z" })).toBe(1);
    expect(await found({ created_before: "1969-12-31T23:59:59Z" })).toBe(0);
    expect(await found({ created_after: "9999-12-31T23:59:59Z" })).toBe(0);
    for (const time of ["10000-01-01T00:00:00Z", "-000001-01-01T00:00:00Z", "2026-02-30T00:00:00Z", "0"]) {
      expect((await ask(`/api/v1/executions/history?created_after=${time}`)).status, time).toBe(400);
    }
  });
});

describe("R17: a cursor", () => {
  const lists = Object.values(routes)
    .filter(({ method, query }) => method === "GET" && "cursor" in query.shape)
    .map(({ path }) => path);
  const unknown = "00000000-0000-7000-8000-000000000000";
  const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const forged = [
    ...["", "0", "-1", "1e400", "9".repeat(40), "' or 1=1--", "\u0000", "🙂", "x".repeat(1_001), unknown],
    ...[encoded(["-created", "x", unknown]), encoded(["name", "\u0000", unknown]), encoded(["name", "x"]), encoded({})],
    encoded("x".repeat(5_000)),
  ];

  test.each(lists)("of %s that nobody was given is refused, or leads to a page like any other", async (path) => {
    const { server_id } = (await client.call("registerServer", { body: { hostname: "cursors" } })).server;
    const { execution_id } = await start(server_id);
    const list = path.replace("{execution_id}", execution_id);
    for (const cursor of forged) {
      const { status, text } = await ask(`${list}?cursor=${encodeURIComponent(cursor)}`);
      expect([200, 400], `${cursor}: ${text}`).toContain(status);
    }
  });

  test("of another order is refused", async () => {
    const query = `sort=-hostname&cursor=${encoded(["hostname", "x", unknown])}`;
    expect((await ask(`/api/v1/servers?${query}`)).status).toBe(400);
  });

  test("whose row is gone goes on after its place", async () => {
    const ids: string[] = [];
    for (const hostname of ["gone-a", "gone-b", "gone-c"]) {
      ids.push((await client.call("registerServer", { body: { hostname, tags: ["gone"] } })).server.server_id);
    }
    const query = { tag: "gone", sort: "hostname" as const, limit: 2 };
    const { items, next_cursor } = await client.call("listServers", { query });
    expect(items.map(({ hostname }) => hostname)).toEqual(["gone-a", "gone-b"]);
    await client.call("deleteServer", { params: { server_id: ids[1] ?? "" } });
    const rest = await client.call("listServers", { query: { ...query, cursor: next_cursor ?? "" } });
    expect(rest.items.map(({ hostname }) => hostname)).toEqual(["gone-c"]);
  });
});

test("S53: a filter has no expressions that take for ever", async () => {
  await client.call("registerServer", { body: { hostname: "a".repeat(63) } });
  const started = performance.now();
  for (const hostname of [`${"*a".repeat(100)}*b`, `${"?*".repeat(120)}b`]) {
    const body = { targets: { filter: { hostname } }, operation };
    expect(await refusal(client.call("previewExecution", { body }))).toMatchObject({ code: "invalid_request" });
  }
  expect(performance.now() - started).toBeLessThan(2_000);
  const body = { targets: { filter: { hostname: "(a+)+$" } }, operation };
  expect(await refusal(client.call("previewExecution", { body }))).toMatchObject({ code: "invalid_request" });
});
