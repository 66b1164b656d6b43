import { type Client, ClientError, type LockType } from "@homeslice/protocol";
import { describe, expect, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { startInstallation } from "./harness.ts";
import { TestAgent } from "./testAgent.ts";

const { installation, url, client } = await startInstallation();

const operation = { type: "shell_command" as const, argv: ["true"] satisfies [string] };

async function server() {
  const { enrolment_token } = await client.call("registerServer", { body: { hostname: "locked" } });
  const agent = await TestAgent.enrol(url, enrolment_token);
  const link = await agent.connect(url);
  await link.receive("welcome");
  return { server_id: agent.serverId, link, agent };
}

const take = async (server_id: string, lock_type: LockType, more: object = {}, as: Client = client) =>
  await as.call("acquireLock", { body: { server_id, lock_type, reason: "test", ...more } });

const refusal = async (call: Promise<unknown>) =>
  await call.then(
    () => undefined,
    (error: unknown) => (error instanceof ClientError ? error.problem : error),
  );

const start = async (server_id: string, more: object = {}) =>
  await client.call("startServerExecution", { params: { server_id }, body: { operation, ...more } });

const stateOf = async ({ execution_id }: { execution_id: string }) =>
  (await client.call("getExecution", { params: { execution_id } })).status.overall;

const exclusive = { execution_config: { requires_lock: true } };

describe("a lock", () => {
  test("keeps out those that it stands against, until it is released", async () => {
    const { server_id } = await server();
    const first = await take(server_id, "execution");
    expect(await refusal(take(server_id, "execution"))).toMatchObject({ code: "conflict" });
    const maintenance = await take(server_id, "maintenance");
    await client.call("releaseLock", { params: { lock_id: maintenance.lock_id } });
    expect(await refusal(client.call("releaseLock", { params: { lock_id: maintenance.lock_id } }))).toMatchObject({
      code: "conflict",
    });
    await client.call("releaseLock", { params: { lock_id: first.lock_id } });
    const next = await take(server_id, "execution");
    expect(next.fence).toBeGreaterThan(first.fence);
  });

  test.each([
    ["execution", ["execution"]],
    ["maintenance", ["execution", "maintenance"]],
    ["emergency", ["execution", "maintenance", "emergency"]],
  ] as const)("of the type %s keeps out %j", async (held, keptOut) => {
    for (const wanted of ["execution", "maintenance", "emergency"] as const) {
      const { server } = await client.call("registerServer", { body: { hostname: "held" } });
      await take(server.server_id, held);
      const answer = await refusal(take(server.server_id, wanted));
      expect(answer !== undefined, wanted).toBe(keptOut.some((type) => type === wanted));
    }
  });

  test("is given to one of many who ask at the same time", async () => {
    const { server_id } = await server();
    const answers = await Promise.all(Array.from({ length: 20 }, () => refusal(take(server_id, "execution"))));
    expect(answers.filter((answer) => answer === undefined)).toHaveLength(1);
  });

  test("ends by itself, and is extended only as often as it allows, by its holder", async () => {
    const { server_id } = await server();
    const { lock_id } = await take(server_id, "maintenance", { ttl_seconds: 60, max_extension_count: 1 });
    const params = { lock_id };
    const operator = await installation.client(url, "operator");
    expect(await refusal(operator.call("extendLock", { params, body: {} }))).toMatchObject({ code: "not_permitted" });
    expect(await refusal(operator.call("releaseLock", { params }))).toMatchObject({ code: "not_permitted" });
    const extended = await client.call("extendLock", { params, body: { ttl_seconds: 1 } });
    expect(extended.timing.current_extensions).toBe(1);
    expect(await refusal(client.call("extendLock", { params, body: {} }))).toMatchObject({ code: "conflict" });
    await eventually(async () => (await client.call("getLock", { params })).status === "expired", "it has expired");
    await take(server_id, "maintenance");
  });

  test("is released by force with a reason that the audit log keeps", async () => {
    const { server_id } = await server();
    const operator = await installation.client(url, "operator");
    const { lock_id } = await take(server_id, "emergency", {}, operator);
    const body = { reason: "its holder is on holiday" };
    expect(await refusal(operator.call("forceReleaseLock", { params: { lock_id }, body }))).toMatchObject({
      code: "not_permitted",
    });
    const released = await client.call("forceReleaseLock", { params: { lock_id }, body });
    expect(released).toMatchObject({ status: "force_released", ended: { by: "test admin", reason: body.reason } });
    const { items } = await client.call("listAudit", { query: { event_type: "lock.force_released" } });
    expect(items[0]).toMatchObject({ resource: { id: lock_id }, details: { reason: body.reason } });
  });
});

describe("work", () => {
  test("that takes the execution lock runs alone among its like, and gives it back at its end", async () => {
    const { server_id, link } = await server();
    const [first, second, beside] = [
      await start(server_id, exclusive),
      await start(server_id, exclusive),
      await start(server_id),
    ];
    const jobs = [await link.job(), await link.job()];
    expect(jobs.map(({ execution_id }) => execution_id).toSorted()).toEqual(
      [first.execution_id, beside.execution_id].toSorted(),
    );
    const { items } = await client.call("listLocks", { query: { server_id, status: "active" } });
    expect(items.map(({ locked_by }) => locked_by.execution_id)).toEqual([first.execution_id]);
    expect(await stateOf(second)).toBe("queued");
    link.finish(jobs.find(({ execution_id }) => execution_id === first.execution_id) ?? { ...first, fence: 1 }, 0, 0);
    expect((await link.job()).execution_id).toBe(second.execution_id);
  });

  test("waits while the server is in maintenance, but for maintenance itself", async () => {
    const { server_id, link } = await server();
    const { lock_id } = await take(server_id, "maintenance");
    const { status } = await client.call("getServer", { params: { server_id } });
    expect(status.current).toBe("maintenance");
    const action = { name: `upkeep ${server_id}`, action_type: "maintenance" as const, operation };
    const { action_id } = await client.call("createAction", { body: action });
    const waiting = await start(server_id);
    const body = { action_template_id: action_id };
    const upkeep = await client.call("startServerExecution", { params: { server_id }, body });
    expect((await link.job()).execution_id).toBe(upkeep.execution_id);
    expect(await stateOf(waiting)).toBe("queued");
    await client.call("releaseLock", { params: { lock_id } });
    expect((await link.job()).execution_id).toBe(waiting.execution_id);
  });

  test("waits in an emergency, maintenance too", async () => {
    const { server_id, link } = await server();
    const { lock_id } = await take(server_id, "emergency");
    const action = { name: `rescue ${server_id}`, action_type: "maintenance" as const, operation };
    const { action_id: action_template_id } = await client.call("createAction", { body: action });
    const upkeep = { params: { server_id }, body: { action_template_id } };
    const waiting = [await start(server_id), await client.call("startServerExecution", upkeep)];
    // What comes later and elsewhere is handed out, and this is not.
    const elsewhere = await server();
    await start(elsewhere.server_id);
    await elsewhere.link.job();
    expect(await Promise.all(waiting.map(stateOf))).toEqual(["queued", "queued"]);
    await client.call("releaseLock", { params: { lock_id } });
    const jobs = [await link.job(), await link.job()];
    expect(jobs.map(({ execution_id }) => execution_id)).toEqual(waiting.map(({ execution_id }) => execution_id));
  });

  test("waits while the queue is drained", async () => {
    const { server_id, link } = await server();
    await client.call("controlQueue", { body: { draining: true, reason: "an upgrade" } });
    const waiting = await start(server_id);
    const queue = await client.call("getQueue");
    expect(queue).toMatchObject({ draining: true, reason: "an upgrade", changed_by: "test admin" });
    expect(await stateOf(waiting)).toBe("queued");
    await client.call("controlQueue", { body: { draining: false } });
    expect((await link.job()).execution_id).toBe(waiting.execution_id);
  });

  test("of a higher priority goes first, but not for ever", async () => {
    const { server_id, link } = await server();
    await client.call("controlQueue", { body: { draining: true } });
    const old = await start(server_id, { priority: 0 });
    await installation.query(`update execution_targets set queue_key = queue_key - interval '10 minutes'
      where execution_id = '${old.execution_id}'`);
    const fillers = [await start(server_id, { priority: 5 }), await start(server_id, { priority: 5 })];
    const [low, high, higher] = [
      await start(server_id, { priority: 1 }),
      await start(server_id, { priority: 9 }),
      await start(server_id, { priority: 8 }),
    ];
    await client.call("controlQueue", { body: { draining: false } });
    const jobs = [await link.job(), await link.job(), await link.job(), await link.job()];
    const begun = jobs.map(({ execution_id }) => execution_id);
    expect(begun).toContain(old.execution_id);
    expect(begun).toContain(high.execution_id);
    expect(begun).toContain(higher.execution_id);
    expect(begun).not.toContain(low.execution_id);
    expect(begun.filter((id) => fillers.some(({ execution_id }) => execution_id === id))).toHaveLength(1);
  });

  test("that waits for too long is never begun", async () => {
    const { server } = await client.call("registerServer", { body: { hostname: "away" } });
    const { server_id } = server;
    const waiting = await start(server_id, { queue_expires_seconds: 1 });
    await eventually(async () => (await stateOf(waiting)) === "expired", "it has expired");
  });
});

describe("the circuit breaker", () => {
  test("opens after failures of the infrastructure, lets one through to see, and closes when that worked", async () => {
    const { server_id, link } = await server();
    const breaker = async () => (await client.call("getServer", { params: { server_id } })).breaker;
    for (let failure = 0; failure < 6; failure++) {
      await start(server_id);
      link.finish(await link.job(), 1, 0);
      await link.receive("settled");
    }
    expect(await breaker()).toMatchObject({ state: "closed", failures: 0 });
    for (let failure = 0; failure < 5; failure++) {
      await start(server_id);
      const { execution_id, fence } = await link.job();
      const end = { exit_code: null, error: "no", last_seq: 0, duration_seconds: null };
      link.send({ type: "finished", execution_id, fence, outcome: "refused", ...end });
      await link.receive("settled");
    }
    expect(await breaker()).toMatchObject({ state: "open", failures: 5 });
    const waiting = [await start(server_id), await start(server_id)];
    expect(await Promise.all(waiting.map(stateOf))).toEqual(["queued", "queued"]);
    await installation.query(`update servers set breaker_retry_at = now() where server_id = '${server_id}'`);
    expect((await breaker()).state).toBe("half_open");
    const probe = await link.job();
    const states = await Promise.all(waiting.map(stateOf));
    expect(states.toSorted()).toEqual(["dispatched", "queued"]);
    link.finish(probe, 1, 0);
    await link.job();
    expect(await breaker()).toMatchObject({ state: "closed", failures: 0 });
  });

  test("is held open by an operator, with a reason in the audit log", async () => {
    const { server_id, link } = await server();
    const params = { server_id };
    const operator = await installation.client(url, "operator");
    const held = await operator.call("overrideBreaker", { params, body: { mode: "open", reason: "a test" } });
    expect([held.breaker.state, held.status.current]).toEqual(["open", "error"]);
    const waiting = await start(server_id);
    expect(await stateOf(waiting)).toBe("queued");
    await operator.call("overrideBreaker", { params, body: { mode: "auto", reason: "done" } });
    expect((await link.job()).execution_id).toBe(waiting.execution_id);
    const { items } = await client.call("listAudit", { query: { event_type: "breaker.overridden" } });
    expect(items.map(({ details }) => details["reason"])).toEqual(["done", "a test"]);
  });
});
