import { createPublicKey } from "node:crypto";
import type { Execution } from "@homeslice/protocol";
import { deriveKey, Job, privateKeyFromSeed, verifyBytes } from "@homeslice/protocol";
import { describe, expect, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { startInstallation } from "./harness.ts";
import { TestAgent } from "./testAgent.ts";

const { installation, url, client } = await startInstallation();

async function enrol(): Promise<TestAgent> {
  const { enrolment_token } = await client.call("registerServer", { body: { hostname: "test-host" } });
  return await TestAgent.enrol(url, enrolment_token);
}

async function connect(
  agent: TestAgent,
  ...rest: Parameters<TestAgent["connect"]> extends [string, ...infer R] ? R : never
) {
  const link = await agent.connect(url, ...rest);
  await link.receive("welcome");
  return link;
}

async function start(agent: TestAgent, ...argv: [string, ...string[]]): Promise<Execution> {
  const body = { target_servers: [agent.serverId], operation: { type: "shell_command" as const, argv } };
  return await client.call("startExecution", { body });
}

async function stateOf(agent: TestAgent, { execution_id }: { execution_id: string }): Promise<string | undefined> {
  const { status } = await client.call("getExecution", { params: { execution_id } });
  return status.per_server[agent.serverId]?.status;
}

async function linesOf({ execution_id }: { execution_id: string }): Promise<string[]> {
  const { items } = await client.call("getExecutionLogs", { params: { execution_id } });
  return items.map(({ seq, text }) => `${seq} ${text}`);
}

const becomes = (agent: TestAgent, execution: { execution_id: string }, state: string) =>
  eventually(async () => (await stateOf(agent, execution)) === state, `the execution is ${state}`);

describe("an execution", () => {
  test("goes from queued to succeeded, and keeps its output", async () => {
    const agent = await enrol();
    const execution = await start(agent, "true");
    expect(execution.status.overall).toBe("queued");
    const link = await connect(agent);
    const job = await link.job();
    expect(job).toMatchObject({ execution_id: execution.execution_id, fence: 1, first_seq: 1, timeout_seconds: 3600 });
    await becomes(agent, execution, "dispatched");
    link.send({ type: "accepted", execution_id: job.execution_id, fence: 1 });
    await becomes(agent, execution, "acknowledged");
    link.send({ type: "started", execution_id: job.execution_id, fence: 1, started_at: new Date().toISOString() });
    await becomes(agent, execution, "running");
    link.output(job, 1, "one\n", "two\n");
    expect(await link.receive("stored")).toMatchObject({ seq: 2 });
    link.finish(job, 0, 2);
    await link.receive("settled");
    const ended = await client.call("getExecution", { params: { execution_id: execution.execution_id } });
    expect(ended.status.overall).toBe("succeeded");
    expect(ended.results).toMatchObject({ success_count: 1, failure_count: 0, total_count: 1 });
    expect(ended.results.details[0]).toMatchObject({ exit_code: 0, output: "one\ntwo\n", execution_time: 0.1 });
    expect(ended.logs).toEqual({ entries_count: 2, size_bytes: 8 });
    expect(await linesOf(execution)).toEqual(["1 one\n", "2 two\n"]);
    // As whoever asks sees it who asked about the execution just before it began, and about its targets just after.
    await installation.query(`update executions set started_at = null where execution_id = '${job.execution_id}'`);
    const seen = await client.call("getExecution", { params: { execution_id: job.execution_id } });
    expect(seen.results.details[0]).toMatchObject({ output: "one\ntwo\n" });
  });

  test("carries a job that only this orchestrator could have signed", async () => {
    const agent = await enrol();
    const link = await connect(agent);
    await start(agent, "true");
    const { job } = await link.receive("run");
    const key = createPublicKey(privateKeyFromSeed(deriveKey(installation.secret, "job-signing")));
    expect(verifyBytes(Buffer.from(job.payload), job.signature, key)).toBe(true);
    expect(Job.parse(JSON.parse(job.payload)).server_id).toBe(agent.serverId);
  });

  test("fails with the exit code of its command", async () => {
    const agent = await enrol();
    const link = await connect(agent);
    const execution = await start(agent, "false");
    const job = await link.job();
    link.finish(job, 7, 0);
    await becomes(agent, execution, "failed");
    const { results } = await client.call("getExecution", { params: { execution_id: execution.execution_id } });
    expect(results.details[0]?.exit_code).toBe(7);
  });

  test("stores a repeated line once, and refuses a gap by ending the link", async () => {
    const agent = await enrol();
    const link = await connect(agent);
    const execution = await start(agent, "true");
    const job = await link.job();
    link.output(job, 1, "a", "b");
    link.output(job, 1, "a", "b", "c");
    link.output(job, 2, "b");
    await eventually(() => link.received.filter(({ type }) => type === "stored").length === 3, "all are answered");
    expect(await linesOf(execution)).toEqual(["1 a", "2 b", "3 c"]);
    link.output(job, 5, "e");
    await eventually(() => link.closed === 1008, "the link is closed");
    expect(await linesOf(execution)).toEqual(["1 a", "2 b", "3 c"]);
  });

  test("is not ended before its last line is stored", async () => {
    const agent = await enrol();
    const link = await connect(agent);
    const execution = await start(agent, "true");
    link.finish(await link.job(), 0, 3);
    await eventually(() => link.closed === 1008, "the link is closed");
    expect(await stateOf(agent, execution)).not.toBe("succeeded");
  });

  test("is unreachable while its agent is away, and goes on where it was", async () => {
    const agent = await enrol();
    const first = await connect(agent);
    const execution = await start(agent, "sleep", "1");
    const job = await first.job();
    const attempt = { execution_id: job.execution_id, fence: job.fence };
    first.send({ type: "accepted", ...attempt });
    first.output(job, 1, "before\n");
    await first.receive("stored");
    await first.drop();
    await becomes(agent, execution, "unreachable");
    const second = await agent.connect(url, [{ ...attempt, state: "running" }]);
    const welcome = await second.receive("welcome");
    expect(welcome.stored).toEqual([{ ...attempt, seq: 1 }]);
    await becomes(agent, execution, "running");
    second.output(job, 2, "after\n");
    second.finish(job, 0, 2);
    await becomes(agent, execution, "succeeded");
    expect(await linesOf(execution)).toEqual(["1 before\n", "2 after\n"]);
  });

  test("is sent again with the same fence when the agent never got it", async () => {
    const agent = await enrol();
    const first = await connect(agent);
    const execution = await start(agent, "true");
    const job = await first.job();
    await first.drop();
    await becomes(agent, execution, "unreachable");
    const second = await connect(agent);
    const again = await second.job();
    expect(again).toMatchObject({ execution_id: job.execution_id, fence: job.fence });
  });

  test("is lost, and not run again, when the agent had it and has no record of it", async () => {
    const agent = await enrol();
    const first = await connect(agent);
    const execution = await start(agent, "true");
    const job = await first.job();
    first.send({ type: "accepted", execution_id: job.execution_id, fence: job.fence });
    await becomes(agent, execution, "acknowledged");
    await first.drop();
    const second = await connect(agent);
    await becomes(agent, execution, "lost");
    expect(second.received.filter(({ type }) => type === "run")).toEqual([]);
  });

  test("keeps its end: a result of a stale attempt changes nothing", async () => {
    const agent = await enrol();
    const link = await connect(agent);
    const execution = await start(agent, "true");
    const job = await link.job();
    link.finish({ ...job, fence: job.fence + 1 }, 1, 0);
    await link.receive("settled");
    expect(await stateOf(agent, execution)).toBe("dispatched");
    link.finish(job, 0, 0);
    await link.receive("settled");
    link.finish(job, 9, 0);
    await link.receive("settled");
    expect(await stateOf(agent, execution)).toBe("succeeded");
  });
});

describe("cancelling", () => {
  test("ends what waits at once", async () => {
    const agent = await enrol();
    const { execution_id } = await start(agent, "true");
    const cancelled = await client.call("cancelExecution", { params: { execution_id } });
    expect(cancelled.status.overall).toBe("cancelled");
    const link = await connect(agent);
    await start(agent, "echo");
    expect((await link.job()).operation).toMatchObject({ argv: ["echo"] });
  });

  test("asks the agent to end what runs, and believes its report", async () => {
    const agent = await enrol();
    const link = await connect(agent);
    const execution = await start(agent, "sleep", "100");
    const { execution_id, fence } = await link.job();
    await client.call("cancelExecution", { params: { execution_id } });
    expect(await link.receive("cancel")).toMatchObject({ execution_id, fence });
    const end = { exit_code: 143, error: null, last_seq: 0, duration_seconds: 1 };
    link.send({ type: "finished", execution_id, fence, outcome: "cancelled", ...end });
    await becomes(agent, execution, "cancelled");
  });

  test("reaches an agent that was away when it was asked for", async () => {
    const agent = await enrol();
    const first = await connect(agent);
    await start(agent, "sleep", "100");
    const { execution_id, fence } = await first.job();
    first.send({ type: "accepted", execution_id, fence });
    await first.drop();
    await client.call("cancelExecution", { params: { execution_id } });
    const second = await connect(agent, [{ execution_id, fence, state: "running" }]);
    expect(await second.receive("cancel")).toMatchObject({ execution_id, fence });
  });
});

describe("several servers", () => {
  test("each have their own state, and the execution ends as its worst", async () => {
    const agents = [await enrol(), await enrol()];
    const links = await Promise.all(agents.map((agent) => connect(agent)));
    const body = {
      target_servers: agents.map(({ serverId }) => serverId),
      operation: { type: "shell_command" as const, argv: ["true"] satisfies [string] },
    };
    const execution = await client.call("startExecution", { body });
    expect(execution.execution_type).toBe("bulk");
    const jobs = await Promise.all(links.map((link) => link.job()));
    links.forEach((link, index) => {
      link.finish({ execution_id: execution.execution_id, fence: jobs[index]?.fence ?? 0 }, index, 0);
    });
    const ended = async () => await client.call("getExecution", { params: { execution_id: execution.execution_id } });
    await eventually(async () => (await ended()).status.overall === "failed", "both have ended");
    expect((await ended()).results).toMatchObject({ success_count: 1, failure_count: 1 });
  });
});

describe("an agent", () => {
  test("gets no more jobs at once than it has room for, and the next when one ends", async () => {
    const agent = await enrol();
    for (let index = 0; index < 6; index++) await start(agent, "sleep", String(index));
    const link = await connect(agent);
    const jobs = await Promise.all([link.job(), link.job(), link.job(), link.job()]);
    expect(link.received.filter(({ type }) => type === "run")).toEqual([]);
    expect(jobs.map(({ operation }) => operation)).toMatchObject(
      ["0", "1", "2", "3"].map((n) => ({ argv: ["sleep", n] })),
    );
    const [first] = jobs;
    if (first !== undefined) link.finish(first, 0, 0);
    expect((await link.job()).operation).toMatchObject({ argv: ["sleep", "4"] });
  });
});
