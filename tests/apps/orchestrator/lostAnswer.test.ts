import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { eventually } from "../../support/eventually.ts";
import { Installation } from "./harness.ts";
import { TestAgent } from "./testAgent.ts";

const Claimed = z.object({ rows: z.tuple([z.looseObject({ session_id: z.string(), fence: z.int() })]) });

const Unanswered = z.object({
  command: z.literal("SELECT"),
  rows: z.tuple([z.looseObject({ session_id: z.string(), operation: z.looseObject({}) })]),
});

let installation: Installation;

beforeAll(async () => {
  installation = await Installation.create();
});

afterAll(async () => await installation.destroy());

/** The next claim is stored, and its answer gets lost on the way back, as when a connection breaks in that moment. */
function loseNextClaim(): { readonly isLost: () => boolean } {
  const query = pg.Client.prototype.query;
  let lost = false;
  Reflect.set(pg.Client.prototype, "query", function (this: pg.Client, ...args: unknown[]): unknown {
    const answer: unknown = Reflect.apply(query, this, args);
    if (!(answer instanceof Promise)) return answer;
    return answer.then((result: unknown) => {
      if (lost || !Claimed.safeParse(result).success) return result;
      lost = true;
      Reflect.set(pg.Client.prototype, "query", query);
      throw new Error("Connection terminated unexpectedly");
    });
  });
  return { isLost: () => lost };
}

test("F1: a claim that was stored, but whose answer was lost, still reaches the agent, over the link that it was made for", async () => {
  const orchestrator = await installation.start();
  const client = await installation.client(orchestrator.url);
  const { enrolment_token, server } = await client.call("registerServer", { body: { hostname: "test-host" } });
  const agent = await TestAgent.enrol(orchestrator.url, enrolment_token);
  const link = await agent.connect(orchestrator.url);
  await link.receive("welcome");

  const { isLost } = loseNextClaim();
  const body = { operation: { type: "shell_command" as const, argv: ["true"] satisfies [string] } };
  const params = { server_id: server.server_id };
  const { execution_id } = await client.call("startServerExecution", { params, body });
  await eventually(isLost, "the answer of the claim is lost");

  const job = await link.job();
  expect(job).toMatchObject({ execution_id, fence: 1 });
  link.finish(job, 0, 0);
  await link.receive("settled");
});

test("a job that went out is not sent again over the same link, however late its answer comes", async () => {
  const orchestrator = await installation.start();
  const client = await installation.client(orchestrator.url);
  const { enrolment_token, server } = await client.call("registerServer", { body: { hostname: "slow-host" } });
  const agent = await TestAgent.enrol(orchestrator.url, enrolment_token);
  const link = await agent.connect(orchestrator.url);
  await link.receive("welcome");
  const body = { operation: { type: "shell_command" as const, argv: ["true"] satisfies [string] } };
  const params = { server_id: server.server_id };
  const slow = await client.call("startServerExecution", { params, body });
  expect(await link.job()).toMatchObject({ execution_id: slow.execution_id });

  // The answers of both are overdue, and one of them is a job that never went out: it comes, and nothing else does.
  const { isLost } = loseNextClaim();
  const lost = await client.call("startServerExecution", { params, body });
  await eventually(isLost, "the answer of the claim is lost");
  await installation.query("update execution_targets set state_since = now() - interval '1 minute'");
  expect(await link.job()).toMatchObject({ execution_id: lost.execution_id });
  const again = await client.call("startServerExecution", { params, body });
  expect(await link.job()).toMatchObject({ execution_id: again.execution_id });
});

/** The next look for what no agent has answered waits until it is let go, and then shows what it has seen before. */
function delayNextLook(): { readonly isTaken: () => boolean; readonly letGo: () => void } {
  const query = pg.Client.prototype.query;
  const { promise: gate, resolve: letGo } = Promise.withResolvers<void>();
  let taken = false;
  Reflect.set(pg.Client.prototype, "query", function (this: pg.Client, ...args: unknown[]): unknown {
    const answer: unknown = Reflect.apply(query, this, args);
    if (!(answer instanceof Promise)) return answer;
    return answer.then(async (result: unknown) => {
      if (taken || !Unanswered.safeParse(result).success) return result;
      taken = true;
      Reflect.set(pg.Client.prototype, "query", query);
      await gate;
      return result;
    });
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
  const body = { operation: { type: "shell_command" as const, argv: ["true"] satisfies [string] } };
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
