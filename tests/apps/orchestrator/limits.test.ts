import { type Client, ClientError } from "@homeslice/protocol";
import { beforeAll, describe, expect, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { startInstallation } from "./harness.ts";
import { TestAgent, type TestLink } from "./testAgent.ts";

const { installation, url, client } = await startInstallation();
const other = await installation.start();

const operation = { type: "shell_command" as const, argv: ["true"] satisfies [string] };

let web: Client;
beforeAll(async () => {
  web = await installation.client(url, "admin", "web");
});

/** A server of a tenant with an agent that takes four at once. */
async function server(of: Client, more: object = {}, at = url): Promise<{ server_id: string; link: TestLink }> {
  const { enrolment_token } = await of.call("registerServer", { body: { hostname: "limited", ...more } });
  const agent = await TestAgent.enrol(url, enrolment_token);
  const link = await agent.connect(at);
  await link.receive("welcome");
  return { server_id: agent.serverId, link };
}

const start = async (of: Client, target_servers: string[], more: object = {}) =>
  await of.call("startExecution", { body: { target_servers, operation, ...more } });

const jobsOf = (...links: TestLink[]) =>
  links.flatMap((link) => link.received.filter((message) => message.type === "run")).length;

const codeOf = async (promise: Promise<unknown>) =>
  await promise.then(
    () => "done",
    (error: unknown) => (error instanceof ClientError ? error.problem.code : String(error)),
  );

const limit = async (tenant: string, body: { max_running?: number; max_queued?: number }) =>
  await client.call("setTenantLimits", { params: { tenant }, body });

describe("a limit on what runs", () => {
  test("of a tenant holds over all orchestrators and servers, and for that tenant alone", async () => {
    await limit("web", { max_running: 3 });
    const [one, two, ours] = [await server(web), await server(web, {}, other.url), await server(client)];
    const { execution_id } = await start(web, [one.server_id, two.server_id]);
    for (let more = 0; more < 3; more++) await start(web, [one.server_id, two.server_id]);
    await start(client, [ours.server_id]);
    await ours.link.job();
    await eventually(() => jobsOf(one.link, two.link) === 3, "three run");
    const show = async () => (await web.call("getLimits")).tenant;
    expect(await show()).toMatchObject({ tenant: "web", max_running: 3, running: 3, queued: 5, version: 1 });
    // Each end lets exactly one more begin, whoever claims it.
    for (let ended = 1; ended <= 5; ended++) {
      const link = jobsOf(one.link) > 0 ? one.link : two.link;
      link.finish(await link.job(), 0, 0);
      await eventually(async () => (await show()).queued === 5 - ended, "another one begins");
      expect((await show()).running).toBe(3);
    }
    expect((await web.call("getExecution", { params: { execution_id } })).status.overall).toBe("succeeded");
  });

  test("that is raised lets what waited begin", async () => {
    await limit("raised", { max_running: 1 });
    const raised = await installation.client(url, "admin", "raised");
    const { server_id, link } = await server(raised);
    await start(raised, [server_id]);
    await start(raised, [server_id]);
    await link.job();
    expect((await raised.call("getLimits")).tenant).toMatchObject({ running: 1, queued: 1 });
    await limit("raised", {});
    await link.job();
  });

  test("of all tenants together holds whoever asks first", async () => {
    const before = (await client.call("getLimits")).total?.running ?? 0;
    await client.call("setTotalLimits", { body: { max_running: before + 1 } });
    const [ours, theirs] = [await server(client), await server(await installation.client(url, "admin", "theirs"))];
    const first = await start(client, [ours.server_id]);
    const job = await ours.link.job();
    await start(await installation.client(url, "admin", "theirs"), [theirs.server_id]);
    const total = (await client.call("getLimits")).total;
    expect(total).toMatchObject({ max_running: before + 1, running: before + 1, version: 1 });
    expect(jobsOf(theirs.link)).toBe(0);
    ours.link.finish(job, 0, 0);
    await theirs.link.job();
    expect(first.execution_id).toBe(job.execution_id);
    await client.call("setTotalLimits", { body: {} });
  });

  test("of a server is what people say, where that is less than its agent takes", async () => {
    const { server_id, link } = await server(client, { job_limit: 1 });
    const show = async () => (await client.call("getServer", { params: { server_id } })).configuration;
    expect(await show()).toMatchObject({ max_concurrent_jobs: 1, job_limit: 1 });
    await start(client, [server_id]);
    const waiting = await start(client, [server_id]);
    const job = await link.job();
    const { status } = await client.call("getExecution", { params: { execution_id: waiting.execution_id } });
    expect(status.overall).toBe("queued");
    await client.call("updateServer", { params: { server_id }, body: { hostname: "limited", job_limit: 9 } });
    expect(await show()).toMatchObject({ max_concurrent_jobs: 4, job_limit: 9 });
    link.finish(job, 0, 0);
    expect((await link.job()).execution_id).toBe(waiting.execution_id);
  });
});

describe("a limit on what waits", () => {
  test("refuses a start that is beyond it, as a whole, however many ask at the same time", async () => {
    await limit("full", { max_queued: 3 });
    const full = await installation.client(url, "admin", "full");
    const ids = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const { server: made } = await full.call("registerServer", { body: { hostname: "away" } });
        return made.server_id;
      }),
    );
    expect(await codeOf(start(full, ids))).toBe("queue_full");
    const [first = ""] = ids;
    const answers = await Promise.all(Array.from({ length: 10 }, () => codeOf(start(full, [first]))));
    expect(answers.toSorted()).toEqual([...Array(3).fill("done"), ...Array(7).fill("queue_full")]);
    expect((await full.call("getLimits")).tenant).toMatchObject({ max_queued: 3, queued: 3, running: 0 });
    const { items } = await full.call("listExecutions");
    expect(items).toHaveLength(3);
    await full.call("cancelExecution", { params: { execution_id: items[0]?.execution_id ?? "" } });
    expect(await codeOf(start(full, [first]))).toBe("done");
  });
});

describe("limits", () => {
  test("are set by the people of the default tenant alone, who alone see those of all", async () => {
    expect((await web.call("getLimits")).total).toBeNull();
    expect(await codeOf(web.call("setTotalLimits", { body: {} }))).toBe("not_permitted");
    expect(await codeOf(web.call("setTenantLimits", { params: { tenant: "web" }, body: {} }))).toBe("not_permitted");
    const operator = await installation.client(url, "operator");
    expect(await codeOf(operator.call("setTotalLimits", { body: {} }))).toBe("not_permitted");
    await limit("told", { max_running: 7 });
    const { items } = await client.call("listAudit", { query: { event_type: "limits.changed", resource_id: "told" } });
    expect(items).toMatchObject([{ details: { max_running: 7, max_queued: null }, actor: { id: "test admin" } }]);
  });

  test("are not changed twice by who saw the same version", async () => {
    const params = { tenant: "versioned" };
    const change = async (version: number) =>
      await codeOf(client.call("setTenantLimits", { params, body: { max_running: 1 }, version }));
    expect([await change(1), await change(0), await change(0), await change(1)]).toEqual([
      "precondition_failed",
      "done",
      "precondition_failed",
      "done",
    ]);
    expect((await client.call("getTenantLimits", { params })).version).toBe(2);
  });
});

test("the time-out of what comes without a template and says none is that of its servers, the longest of them", async () => {
  const timeouts = [7, 60, undefined].map(async (timeout_default) => {
    const body = { hostname: "slow", ...(timeout_default && { timeout_default }) };
    return (await client.call("registerServer", { body })).server.server_id;
  });
  const ids = await Promise.all(timeouts);
  expect((await start(client, ids)).timeout_seconds).toBe(60);
  expect((await start(client, ids.slice(0, 1))).timeout_seconds).toBe(7);
  expect((await start(client, ids, { timeout_seconds: 5 })).timeout_seconds).toBe(5);
  expect((await start(client, ids.slice(2))).timeout_seconds).toBe(3_600);
});
