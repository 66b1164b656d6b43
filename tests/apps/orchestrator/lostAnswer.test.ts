import { randomUUID } from "node:crypto";
import type { Client, Execution, Job } from "@homeslice/protocol";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { eventually } from "../../support/eventually.ts";
import { Installation } from "./harness.ts";
import { TestAgent, type TestLink } from "./testAgent.ts";

const Claimed = z.object({ rows: z.tuple([z.looseObject({ session_id: z.string(), fence: z.int() })]) });

const Unanswered = z.object({
  command: z.literal("SELECT"),
  rows: z.tuple([z.looseObject({ session_id: z.string(), operation: z.looseObject({}) })]),
});

const Committed = z.object({ command: z.literal("COMMIT") });

const body = { operation: { type: "shell_command" as const, argv: ["true"] satisfies [string] } };

let installation: Installation;

beforeAll(async () => {
  installation = await Installation.create();
});

afterAll(async () => await installation.destroy());

/** Every answer of the database to this process goes through here first. @returns ends that */
function onAnswers(see: (result: unknown, client: pg.Client) => unknown): () => void {
  const query = pg.Client.prototype.query;
  Reflect.set(pg.Client.prototype, "query", function (this: pg.Client, ...args: unknown[]): unknown {
    const answer: unknown = Reflect.apply(query, this, args);
    return answer instanceof Promise ? answer.then((result: unknown) => see(result, this)) : answer;
  });
  return () => Reflect.set(pg.Client.prototype, "query", query);
}

/**
 * An answer of the database gets lost on the way back, as when a connection breaks in that moment: that of the next claim,
 * which is stored, or that of the commit of the start which claims next.
 */
function loseAnswer(of: "claim" | "commit"): { readonly isLost: () => boolean } {
  let claimant: pg.Client | undefined;
  let lost = false;
  const end = onAnswers((result, client) => {
    if (Claimed.safeParse(result).success) claimant ??= client;
    const isIt = claimant === client && (of === "claim" || Committed.safeParse(result).success);
    if (lost || !isIt) return result;
    lost = true;
    end();
    throw new Error("Connection terminated unexpectedly");
  });
  return { isLost: () => lost };
}

/** Starts something, and takes the job that comes of it. */
async function jobOf(client: Client, link: TestLink, params: { server_id: string }): Promise<Job> {
  const { execution_id } = await client.call("startServerExecution", { params, body });
  const job = await link.job();
  expect(job.execution_id).toBe(execution_id);
  return job;
}

/** Work that the dispatcher claims, rather than its start, and the answer of that claim is lost. */
async function startAndLoseClaim(client: Client, server_id: string): Promise<Execution> {
  await client.call("controlQueue", { body: { draining: true } });
  const execution = await client.call("startServerExecution", { params: { server_id }, body });
  const { isLost } = loseAnswer("claim");
  await client.call("controlQueue", { body: { draining: false } });
  await eventually(isLost, "the answer of the claim is lost");
  return execution;
}

test("F1: a claim that was stored, but whose answer was lost, still reaches the agent, over the link that it was made for", async () => {
  const orchestrator = await installation.start();
  const client = await installation.client(orchestrator.url);
  const { enrolment_token, server } = await client.call("registerServer", { body: { hostname: "test-host" } });
  const agent = await TestAgent.enrol(orchestrator.url, enrolment_token);
  const link = await agent.connect(orchestrator.url);
  await link.receive("welcome");

  const { execution_id } = await startAndLoseClaim(client, server.server_id);
  const job = await link.job();
  expect(job).toMatchObject({ execution_id, fence: 1 });
  link.finish(job, 0, 0);
  await link.receive("settled");
});

test("F1: a start that was stored, but the answer of whose commit was lost, reaches the agent once", async () => {
  const orchestrator = await installation.start();
  const client = await installation.client(orchestrator.url);
  const { enrolment_token, server } = await client.call("registerServer", { body: { hostname: "other-host" } });
  const agent = await TestAgent.enrol(orchestrator.url, enrolment_token);
  const link = await agent.connect(orchestrator.url);
  await link.receive("welcome");
  const params = { server_id: server.server_id };
  const idempotencyKey = randomUUID();
  const start = () => client.call("startServerExecution", { params, body, idempotencyKey });
  link.finish(await jobOf(client, link, params), 0, 0);
  await link.receive("settled");

  const { isLost } = loseAnswer("commit");
  await expect(start()).rejects.toMatchObject({ problem: { code: "internal_error" } });
  expect(isLost()).toBe(true);
  const job = await link.job();
  const { execution_id } = await start();
  expect(job).toMatchObject({ execution_id, fence: 1 });
  link.finish(job, 0, 0);
  await link.receive("settled");
  const next = await jobOf(client, link, params);
  expect(next.execution_id).not.toBe(execution_id);
});

test("a job that went out is not sent again over the same link, however late its answer comes", async () => {
  const orchestrator = await installation.start();
  const client = await installation.client(orchestrator.url);
  const { enrolment_token, server } = await client.call("registerServer", { body: { hostname: "slow-host" } });
  const agent = await TestAgent.enrol(orchestrator.url, enrolment_token);
  const link = await agent.connect(orchestrator.url);
  await link.receive("welcome");
  const params = { server_id: server.server_id };
  const slow = await client.call("startServerExecution", { params, body });
  expect(await link.job()).toMatchObject({ execution_id: slow.execution_id });

  // The answers of both are overdue, and one of them is a job that never went out: it comes, and nothing else does.
  const lost = await startAndLoseClaim(client, server.server_id);
  await installation.query("update execution_targets set state_since = now() - interval '1 minute'");
  expect(await link.job()).toMatchObject({ execution_id: lost.execution_id });
  const again = await client.call("startServerExecution", { params, body });
  expect(await link.job()).toMatchObject({ execution_id: again.execution_id });
});

/** The next look for what no agent has answered waits until it is let go, and then shows what it has seen before. */
function delayNextLook(): { readonly isTaken: () => boolean; readonly letGo: () => void } {
  const { promise: gate, resolve: letGo } = Promise.withResolvers<void>();
  let taken = false;
  const end = onAnswers(async (result) => {
    if (taken || !Unanswered.safeParse(result).success) return result;
    taken = true;
    end();
    await gate;
    return result;
  });
  return { isTaken: () => taken, letGo };
}

test("a job that ends while its answer is looked for is not sent again by what that look has seen", async () => {
  const orchestrator = await installation.start();
  const client = await installation.client(orchestrator.url);
  const { enrolment_token, server } = await client.call("registerServer", { body: { hostname: "busy-host" } });
  const agent = await TestAgent.enrol(orchestrator.url, enrolment_token);
  const link = await agent.connect(orchestrator.url);
  await link.receive("welcome");
  const params = { server_id: server.server_id };
  await client.call("startServerExecution", { params, body });
  const job = await link.job();

  const { isTaken, letGo } = delayNextLook();
  await installation.query("update execution_targets set state_since = now() - interval '1 minute'");
  await eventually(isTaken, "its answer is looked for", 20_000);
  link.finish(job, 0, 0);
  await link.receive("settled");
  letGo();
  const next = await client.call("startServerExecution", { params, body });
  expect(await link.job()).toMatchObject({ execution_id: next.execution_id });
});
