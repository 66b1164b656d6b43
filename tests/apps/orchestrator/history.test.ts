import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { estimateCompletion, progressOf } from "../../../apps/orchestrator/executions/estimate.ts";
import { startInstallation } from "./harness.ts";
import { TestAgent, type TestLink } from "./testAgent.ts";

const { url, client } = await startInstallation();

let server_id: string;
let link: TestLink;
let action_id: string;

beforeAll(async () => {
  const { enrolment_token } = await client.call("registerServer", { body: { hostname: "historic" } });
  const agent = await TestAgent.enrol(url, enrolment_token);
  server_id = agent.serverId;
  link = await agent.connect(url);
  await link.receive("welcome");
  const operation = { type: "shell_command" as const, argv: ["true"] satisfies [string] };
  ({ action_id } = await client.call("createAction", { body: { name: "historic", operation } }));
});

const start = async () =>
  await client.call("startServerExecution", { params: { server_id }, body: { action_template_id: action_id } });

/** Lets an execution end that took some seconds. */
async function ended(seconds: number, exit_code: number): Promise<void> {
  await start();
  const { execution_id, fence } = await link.job();
  link.send({ type: "started", execution_id, fence, started_at: new Date().toISOString() });
  const end = { outcome: "exited" as const, exit_code, error: null, last_seq: 0, duration_seconds: seconds };
  link.send({ type: "finished", execution_id, fence, ...end });
  await link.receive("settled");
}

test("the end of an execution is estimated from how long the same action took where it succeeded, and not before", async () => {
  const first = await start();
  expect(first.timing.estimated_completion).toBeNull();
  link.finish(await link.job(), 1, 0);
  await link.receive("settled");
  for (const seconds of [100, 200, 300]) await ended(seconds, 0);
  await ended(9_000, 1);
  const before = Date.now();
  const { execution_id } = await start();
  const show = async () => await client.call("getExecution", { params: { execution_id } });
  const job = await link.job();
  link.send({ type: "started", execution_id, fence: job.fence, started_at: new Date().toISOString() });
  const { timing, status } = await show();
  const estimate = Date.parse(timing.estimated_completion ?? "");
  expect(estimate).toBeGreaterThanOrEqual(before + 190_000);
  expect(estimate).toBeLessThanOrEqual(Date.now() + 200_000);
  expect(status.per_server[server_id]?.progress).toBeLessThan(10);
  link.finish(job, 0, 0);
  await link.receive("settled");
  const after = await show();
  expect([after.timing.estimated_completion, after.status.per_server[server_id]?.progress]).toEqual([null, 100]);
});

test("statistics tell how many executions there were, how they ended, and how long they took", async () => {
  const figures = await client.call("getExecutionStatistics", { query: { hours: 1 } });
  expect(figures).toMatchObject({ executions: 6, by_status: { succeeded: 4, failed: 2 } });
  expect(figures.success_rate).toBeCloseTo(4 / 6);
  const { p50 = -1, p95 = -1, max = -1 } = figures.duration_seconds ?? {};
  expect(p50).toBeGreaterThanOrEqual(0);
  expect(p50).toBeLessThanOrEqual(p95);
  expect(p95).toBeLessThanOrEqual(max);
});

test("an estimate lies in what is to come and never before what runs is done; progress is whole only at the end", () => {
  const now = new Date("2026-01-01T00:00:00Z");
  const target = fc.record({
    state: fc.constantFrom("queued" as const, "running" as const, "succeeded" as const, "lost" as const),
    started_at: fc.option(fc.integer({ min: 0, max: 1e6 }).map((ms) => new Date(now.getTime() - ms))),
  });
  const parallelism = fc.option(fc.integer({ min: 1, max: 10 }));
  fc.assert(
    fc.property(fc.array(target), fc.double({ min: 0, max: 1e5, noNaN: true }), parallelism, (targets, usual, most) => {
      const estimate = estimateCompletion(targets, usual, most, now);
      const open = targets.filter(({ state }) => state === "queued" || state === "running");
      expect(estimate === null).toBe(open.length === 0);
      if (estimate !== null) expect(estimate.getTime()).toBeGreaterThanOrEqual(now.getTime());
      for (const each of targets) {
        const percent = progressOf(each, usual, now);
        expect(percent === 100).toBe(each.state === "succeeded" || each.state === "lost");
        expect(percent).toBeGreaterThanOrEqual(0);
      }
    }),
  );
});
