import { randomUUID } from "node:crypto";
import { openDatabases } from "@homeslice/orchestrator/database/tenancy.ts";
import { claimQueued } from "@homeslice/orchestrator/executions/claim.ts";
import { insertExecution } from "@homeslice/orchestrator/executions/repository.ts";
import { findAgent } from "@homeslice/orchestrator/servers/enrolment.ts";
import { openSession } from "@homeslice/orchestrator/servers/sessions.ts";
import { type Attempt, DEFAULT_TENANT, ExecutionConfig, SuccessCriteria } from "@homeslice/protocol";
import { describe, expect, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { TcpProxy } from "../../support/tcpProxy.ts";
import { startInstallation } from "./harness.ts";
import { TestAgent, type TestLink } from "./testAgent.ts";

// What becomes of work whose agent is away, comes back without it, or is another by then.

const { installation, url, client } = await startInstallation();

const operation = { type: "shell_command" as const, argv: ["true"] satisfies [string] };

async function enrol(hostname = "away"): Promise<TestAgent> {
  const { enrolment_token } = await client.call("registerServer", { body: { hostname } });
  return await TestAgent.enrol(url, enrolment_token);
}

async function connect(agent: TestAgent, held: Parameters<TestAgent["connect"]>[1] = []): Promise<TestLink> {
  const link = await agent.connect(url, held);
  await link.receive("welcome");
  return link;
}

const start = async ({ serverId }: TestAgent, execution_config: Partial<ExecutionConfig> = {}) =>
  await client.call("startServerExecution", { params: { server_id: serverId }, body: { operation, execution_config } });
const get = async ({ execution_id }: { execution_id: string }) =>
  await client.call("getExecution", { params: { execution_id } });
const becomes = (execution: { execution_id: string }, state: string) =>
  eventually(async () => (await get(execution)).status.overall === state, `it is ${state}`);

/** Takes the next job, and says that it is held. */
async function accept(link: TestLink): Promise<Attempt> {
  const { execution_id, fence } = await link.job();
  link.send({ type: "accepted", execution_id, fence });
  return { execution_id, fence };
}

describe("on_disconnect", () => {
  test("give_up: calls work lost whose agent stays away for too long, and keeps aside what it reports afterwards", async () => {
    const agent = await enrol();
    const link = await connect(agent);
    const execution = await start(agent, { on_disconnect: "give_up", give_up_after_seconds: 1 });
    const waited = await start(agent);
    const attempts = [await accept(link), await accept(link)];
    await becomes(waited, "acknowledged");
    await link.drop();
    await becomes(execution, "unreachable");
    await becomes(execution, "lost");
    const [detail] = (await get(execution)).results.details;
    expect(detail?.error).toBe("its agent was out of sight for longer than it was to be waited for");
    expect((await get(waited)).status.overall).toBe("unreachable");

    const held = attempts.map((attempt) => ({ ...attempt, state: "running" as const }));
    const back = await connect(agent, held);
    expect((await back.receive("cancel")).execution_id).toBe(execution.execution_id);
    for (const attempt of attempts) {
      back.finish(attempt, 0, 0);
      await back.receive("settled");
    }
    expect((await get(execution)).status.overall).toBe("lost");
    await becomes(waited, "succeeded");
    const superseded = await installation.rows(
      `select from superseded_results where execution_id = '${execution.execution_id}'`,
      "*",
    );
    expect(superseded).toHaveLength(1);
  });

  test("give_up: with on_lost: retry, another attempt waits for the agent, with a higher fence", async () => {
    const agent = await enrol();
    const link = await connect(agent);
    const again = { idempotent: true, retry_count: 1, retry_delay_seconds: 0, on_lost: "retry" as const };
    const execution = await start(agent, { ...again, on_disconnect: "give_up", give_up_after_seconds: 1 });
    const first = await accept(link);
    await becomes(execution, "acknowledged");
    await link.drop();
    await becomes(execution, "unreachable");
    await becomes(execution, "queued");
    const back = await connect(agent, [{ ...first, state: "running" }]);
    expect(await back.receive("cancel")).toMatchObject(first);
    const second = await back.job();
    expect(second).toMatchObject({ execution_id: first.execution_id, fence: first.fence + 1 });
    // The first attempt did end well, but nobody waits for it any more.
    back.finish(first, 0, 0);
    back.finish(second, 4, 0);
    await becomes(execution, "failed");
    expect((await get(execution)).results.details[0]).toMatchObject({ attempt: 2, exit_code: 4 });
  });
});

describe("on_lost", () => {
  /** The agent accepts it, and comes back without any record of it. */
  async function lose(agent: TestAgent, link: TestLink, execution: { execution_id: string }): Promise<TestLink> {
    await accept(link);
    await becomes(execution, "acknowledged");
    await link.drop();
    return await connect(agent);
  }

  test("retry: runs lost work again as often as it may be, and no more often", async () => {
    const agent = await enrol();
    const again = { idempotent: true, retry_count: 1, retry_delay_seconds: 0, on_lost: "retry" as const };
    const link = await connect(agent);
    const execution = await start(agent, again);
    const second = await lose(agent, link, execution);
    await eventually(() => second.received.some(({ type }) => type === "run"), "it is sent again");
    await lose(agent, second, execution);
    await becomes(execution, "lost");
    expect((await get(execution)).results.details[0]).toMatchObject({ attempt: 2, status: "lost" });
  });

  test("retry: does not run again what was cancelled meanwhile", async () => {
    const agent = await enrol();
    const again = { idempotent: true, retry_count: 5, retry_delay_seconds: 0, on_lost: "retry" as const };
    const link = await connect(agent);
    const execution = await start(agent, again);
    await accept(link);
    await becomes(execution, "acknowledged");
    await client.call("cancelExecution", { params: { execution_id: execution.execution_id } });
    await link.drop();
    const back = await connect(agent);
    await becomes(execution, "lost");
    expect(back.received.filter(({ type }) => type === "run")).toEqual([]);
  });

  test("report, the default: never runs it again by itself", async () => {
    const agent = await enrol();
    const link = await connect(agent);
    const execution = await start(agent, { idempotent: true, retry_count: 5, retry_delay_seconds: 0 });
    const back = await lose(agent, link, execution);
    await becomes(execution, "lost");
    expect(back.received.filter(({ type }) => type === "run")).toEqual([]);
  });
});

test("F2: a link that is made anew while a claim for the one before is not stored yet gets the work, with the same fence", async () => {
  const agent = await enrol();
  const first = await connect(agent);
  const [server] = await installation.rows(
    `select orchestrator_id from servers where server_id = '${agent.serverId}'`,
    "*",
  );
  const orchestratorId = String(server?.["orchestrator_id"]);
  const databases = openDatabases(installation.settings().database, () => {});
  const { execution_id, second } = await databases
    .tenant(DEFAULT_TENANT)
    .transaction()
    .execute(async (transaction) => {
      const { timeout_seconds: timeoutSeconds, parallel_execution: _, ...config } = ExecutionConfig.parse({});
      const executionId = randomUUID();
      const row = {
        executionId,
        batchId: executionId,
        retryOf: null,
        executionType: "single" as const,
        initiatedBy: "test",
        ...{
          actionId: null,
          actionVersion: null,
          actionType: "execution" as const,
          operation,
          parameters: {},
          timeoutSeconds,
          priority: 5,
        },
        queueExpiresSeconds: 60,
        serverIds: [agent.serverId],
        parallelism: null,
        batchSize: null,
        stopAfterFailures: null,
        policy: { ...config, success_criteria: SuccessCriteria.parse({}) },
      };
      await transaction.executeQuery(insertExecution(transaction, row));
      const claimed = await claimQueued(transaction, { orchestratorId, limit: 10, lockMarginSeconds: 0 });
      expect(claimed.map((row) => row.execution_id)).toEqual([executionId]);
      // Nobody but this transaction knows of it: the agent and the orchestrator agree that there is nothing.
      return { execution_id: executionId, second: await connect(agent) };
    });
  await databases.close();
  expect(await second.job()).toMatchObject({ execution_id, fence: 1 });
  second.finish({ execution_id, fence: 1 }, 0, 0);
  await becomes({ execution_id }, "succeeded");
  expect(first.received.filter(({ type }) => type === "run")).toEqual([]);
});

describe("F4, F16: a hello that an orchestrator takes up late", () => {
  test("takes no work away from the link that the agent has made since, by another orchestrator", async () => {
    const { database } = installation.settings();
    const wayToDatabase = await TcpProxy.open([database.port]);
    installation.with = { database: { ...database, port: wayToDatabase.port } };
    const slow = await installation.start();
    installation.with = {};
    const agent = await enrol();
    wayToDatabase.freeze();
    const first = await agent.connect(slow.url);
    // Its agent is gone, and nobody tells the orchestrator, which asks its database who that was.
    first.freeze();
    const second = await connect(agent);
    const execution = await start(agent);
    const attempt = await accept(second);
    await becomes(execution, "acknowledged");

    wayToDatabase.thaw();
    await slow.stop();
    wayToDatabase.close();
    expect((await get(execution)).status.overall).toBe("acknowledged");
    second.finish(attempt, 0, 0);
    await becomes(execution, "succeeded");
    expect(second.closed).toBeUndefined();
  });

  test("is no more one of the server, when another link came between its proof and its opening", async () => {
    const { serverId } = await enrol();
    const databases = openDatabases(installation.settings().database, () => {});
    const known = await findAgent(databases.system, serverId);
    const open = (sessionId: string) =>
      openSession(
        databases.system,
        {
          ...{ sessionId, serverId, orchestratorId: randomUUID(), ttlMs: 60_000, address: "127.0.0.1" },
          linkEpoch: known?.linkEpoch ?? -1,
        },
        { version: "0.0.0", hostname: "test-host", os_info: "test", max_concurrent_jobs: 4, capabilities: [] },
        { uptime_seconds: 1, load_average: [0, 0, 0], memory_usage_percent: 1, disk_usage_percent: 1 },
      );
    const newer = randomUUID();
    expect([await open(newer), await open(randomUUID())]).toEqual([true, false]);
    await databases.close();
    const [server] = await installation.rows(`select session_id from servers where server_id = '${serverId}'`, "*");
    expect(server?.["session_id"]).toBe(newer);
  });
});

describe("S62: a server", () => {
  test("that is registered anew under the name of a deleted one has nothing of it: no key, no work, no history", async () => {
    const before = await enrol("reborn");
    const link = await connect(before);
    const old = await start(before);
    await link.job();
    const waiting = await client.call("startServerExecution", {
      params: { server_id: before.serverId },
      body: { operation, queue_expires_seconds: 3_600, execution_config: { requires_lock: true } },
    });
    await client.call("deleteServer", { params: { server_id: before.serverId } });
    const after = await enrol("reborn");
    expect(after.serverId).not.toBe(before.serverId);
    const stranger = await before.connect(url);
    await eventually(() => stranger.closed === 4401, "the key of the deleted one opens nothing");
    const current = await connect(after, [{ execution_id: old.execution_id, fence: 1, state: "finished" }]);
    current.finish({ execution_id: old.execution_id, fence: 1 }, 0, 0);
    await current.receive("settled");
    expect((await get(old)).status.overall).toBe("lost");
    expect((await get(waiting)).status.overall).toBe("lost");
    expect(current.received.filter(({ type }) => type === "run")).toEqual([]);
    const { items } = await client.call("listExecutions", { query: { server_id: after.serverId } });
    expect(items).toEqual([]);
  });

  test("that runs twice, by a copy of its disk, has one link at a time: the newest, and the other is told to go", async () => {
    const agent = await enrol("cloned");
    const original = await connect(agent);
    const copy = await connect(agent);
    await eventually(() => original.closed !== undefined, "the link of the original is closed");
    const execution = await start(agent);
    const job = await copy.job();
    expect(original.received.filter(({ type }) => type === "run")).toEqual([]);
    // What one of them has said that it holds, the other is never given.
    copy.send({ type: "accepted", execution_id: job.execution_id, fence: job.fence });
    await becomes(execution, "acknowledged");
    const again = await connect(agent);
    await becomes(execution, "lost");
    expect(again.received.filter(({ type }) => type === "run")).toEqual([]);
  });
});
