import { ClientError, type Execution } from "@homeslice/protocol";
import { describe, expect, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { startInstallation } from "./harness.ts";
import { TestAgent, type TestLink } from "./testAgent.ts";

const { installation, url, client } = await startInstallation();

interface Member {
  readonly serverId: string;
  readonly link: TestLink;
}

const operation = { type: "shell_command" as const, argv: ["true"] satisfies [string] };

/** Connected agents of a group of their own, in the order in which they were registered. */
async function fleet(server_group: string, size: number): Promise<Member[]> {
  const members: Member[] = [];
  for (let index = 0; index < size; index++) {
    const body = { hostname: `${server_group}-${index}`, server_group, tags: [index % 2 === 0 ? "even" : "odd"] };
    const { enrolment_token } = await client.call("registerServer", { body });
    const agent = await TestAgent.enrol(url, enrolment_token);
    const link = await agent.connect(url);
    await link.receive("welcome");
    members.push({ serverId: agent.serverId, link });
  }
  return members;
}

const get = async ({ execution_id }: { execution_id: string }) =>
  await client.call("getExecution", { params: { execution_id } });

const becomes = (execution: { execution_id: string }, state: string) =>
  eventually(async () => (await get(execution)).status.overall === state, `it is ${state}`);

const states = async (execution: { execution_id: string }, members: readonly Member[]) => {
  const { status } = await get(execution);
  return members.map(({ serverId }) => status.per_server[serverId]?.status);
};

const refusal = async (call: Promise<unknown>) =>
  await call.then(
    () => undefined,
    (error: unknown) => (error instanceof ClientError ? error.problem : error),
  );

async function end({ link }: Member, exitCode = 0): Promise<void> {
  link.finish(await link.job(), exitCode, 0);
}

async function start(members: readonly Member[], more: object = {}): Promise<Execution> {
  const target_servers = members.map(({ serverId }) => serverId);
  return await client.call("startExecution", { body: { target_servers, operation, ...more } });
}

describe("servers are chosen", () => {
  test("by everything that is asked for, and what is shown before is what is started", async () => {
    const members = await fleet("chosen", 4);
    const targets = { groups: ["chosen"], tags: ["even"], filter: { hostname: "chosen-*", status: "idle" as const } };
    const body = { targets, operation, rollout: { batch_size: "50%" } };
    const preview = await client.call("previewExecution", { body });
    expect(preview.targets.map(({ hostname, batch }) => [hostname, batch])).toEqual([
      ["chosen-0", 0],
      ["chosen-2", 1],
    ]);
    const execution = await client.call("startExecution", { body });
    expect(execution.target_servers.toSorted()).toEqual(preview.targets.map(({ server_id }) => server_id).toSorted());
    expect((await states(execution, members)).filter((state) => state !== undefined)).toHaveLength(2);
  });

  test("R2: none is refused, the same one twice is one, and an underscore is no wildcard", async () => {
    const members = await fleet("twice", 1);
    const [id] = members.map(({ serverId }) => serverId);
    const body = { operation, target_servers: [id ?? "", id ?? ""], targets: { groups: ["twice"] } };
    expect((await client.call("startExecution", { body })).results.total_count).toBe(1);
    for (const targets of [{ groups: ["nobody"] }, { filter: { hostname: "twice?1" } }]) {
      const problem = await refusal(client.call("startExecution", { body: { operation, targets } }));
      expect(problem).toMatchObject({ code: "invalid_request", errors: [{ path: "body.targets" }] });
    }
    const nothing = await refusal(client.call("startExecution", { body: { operation } }));
    expect(nothing).toMatchObject({ code: "invalid_request" });
  });

  test("R2: ten thousand at once are stored and cancelled as one", async () => {
    await installation.query(`insert into servers (tenant_id, hostname, environment, server_group, created_by)
      select 'default', 'many-' || i, 'dev', 'many', 'test' from generate_series(1, 10000) i`);
    const body = { operation, targets: { groups: ["many"] } };
    const execution = await client.call("startExecution", { body });
    expect(execution.results).toMatchObject({ total_count: 10_000 });
    const cancelled = await client.call("cancelExecution", { params: { execution_id: execution.execution_id } });
    expect(cancelled.status.overall).toBe("cancelled");
    await installation.query(
      "insert into servers (tenant_id, hostname, environment, server_group, created_by) values ('default', 'more', 'dev', 'many', 'test')",
    );
    expect(await refusal(client.call("startExecution", { body }))).toMatchObject({ code: "invalid_request" });
  });

  test("R1: a deleted one is refused, and the rest is not started either", async () => {
    const [kept, deleted] = await fleet("deleted", 2);
    if (kept === undefined || deleted === undefined) throw new Error("two servers");
    await client.call("deleteServer", { params: { server_id: deleted.serverId } });
    expect(await refusal(start([kept, deleted]))).toMatchObject({ code: "not_found" });
    const { items } = await client.call("listExecutions", { query: { server_id: kept.serverId } });
    expect(items).toEqual([]);
  });

  test("only where the action applies", async () => {
    const members = await fleet("applies", 2);
    const action = { name: "only even", operation, applicable_server_tags: ["even"] };
    const { action_id: action_template_id } = await client.call("createAction", { body: action });
    const preview = await client.call("previewExecution", {
      body: { action_template_id, targets: { groups: ["applies"] } },
    });
    expect(preview.targets.map(({ hostname }) => hostname)).toEqual(["applies-0"]);
    expect(preview.excluded.map(({ hostname }) => hostname)).toEqual(["applies-1"]);
    const target_servers = members.map(({ serverId }) => serverId);
    const problem = await refusal(client.call("startExecution", { body: { action_template_id, target_servers } }));
    expect(problem).toMatchObject({ detail: expect.stringContaining("applies-1") });
  });
});

describe("a rollout", () => {
  test("begins a batch when the one before has ended, and within it no more than its parallelism", async () => {
    const members = await fleet("batches", 4);
    const execution = await start(members, { rollout: { batch_size: 3, parallelism: 2 } });
    const [a, b, c, d] = members;
    if (!(a && b && c && d)) throw new Error("four servers");
    const [jobA, jobB] = [await a.link.job(), await b.link.job()];
    expect(await states(execution, members)).toEqual(["dispatched", "dispatched", "queued", "queued"]);
    a.link.finish(jobA, 0, 0);
    const jobC = await c.link.job();
    b.link.finish(jobB, 0, 0);
    await eventually(async () => (await states(execution, members))[1] === "succeeded", "the second has ended");
    expect((await states(execution, members))[3]).toBe("queued");
    c.link.finish(jobC, 1, 0);
    await end(d);
    await becomes(execution, "failed");
    expect((await get(execution)).results).toMatchObject({ success_count: 3, failure_count: 1, total_count: 4 });
  });

  test("stops after failures: what has not begun never does", async () => {
    const members = await fleet("stops", 3);
    const execution = await start(members, { rollout: { parallelism: 1, stop_after_failures: 1 } });
    const [first] = members;
    if (first === undefined) throw new Error("a server");
    await end(first, 1);
    await becomes(execution, "failed");
    expect(await states(execution, members)).toEqual(["failed", "cancelled", "cancelled"]);
    expect((await get(execution)).results.details.map(({ error }) => error)).toContain(
      "not begun: the execution stopped after 1 failures",
    );
  });

  test("is tried again where it failed, as a new execution of the same batch", async () => {
    const members = await fleet("again", 2);
    const [good, bad] = members;
    if (!(good && bad)) throw new Error("two servers");
    const execution = await start(members);
    expect(await refusal(retry(execution))).toMatchObject({ code: "conflict" });
    await Promise.all([end(good), end(bad, 1)]);
    await becomes(execution, "failed");
    const params = { execution_id: execution.execution_id };
    const idempotencyKey = crypto.randomUUID();
    const keyed = Array.from({ length: 5 }, () => client.call("retryExecution", { params, idempotencyKey }));
    const [again = execution, ...others] = await Promise.all(keyed);
    expect(new Set(others.map(({ execution_id }) => execution_id))).toEqual(new Set([again.execution_id]));
    expect(again).toMatchObject({
      target_servers: [bad.serverId],
      retry_of: execution.execution_id,
      batch_id: execution.batch_id,
    });
    await end(bad);
    await becomes(again, "succeeded");
    expect(await refusal(retry(again))).toMatchObject({ code: "conflict" });
    const { items } = await client.call("listExecutions", { query: { batch_id: execution.batch_id } });
    expect(items).toHaveLength(2);
  });

  const retry = async ({ execution_id }: Execution) =>
    await client.call("retryExecution", { params: { execution_id } });
});

describe("an attempt", () => {
  test("that failed is followed by another, with a higher fence, when it is declared idempotent", async () => {
    const [member] = await fleet("retried", 1);
    if (member === undefined) throw new Error("a server");
    const config = { execution_config: { idempotent: true, retry_count: 1, retry_delay_seconds: 0 } };
    const execution = await start([member], config);
    const first = await member.link.job();
    member.link.output(first, 1, "one\n");
    member.link.finish(first, 1, 1);
    const second = await member.link.job();
    expect(second).toMatchObject({ fence: 2, first_seq: 2 });
    // What comes of the first attempt now is stale.
    member.link.finish(first, 0, 1);
    member.link.finish(second, 3, 1);
    await becomes(execution, "failed");
    expect((await get(execution)).results.details[0]).toMatchObject({ attempt: 2, exit_code: 3, output: "one\n" });
  });

  test("that failed is followed by another after its delay, and not before", async () => {
    const [member] = await fleet("delayed", 1);
    if (member === undefined) throw new Error("a server");
    const config = { idempotent: true, retry_count: 1, retry_delay_seconds: 60 };
    const { execution_id } = await start([member], { execution_config: config });
    await end(member, 1);
    const due = async () => {
      const when = `select extract(epoch from retry_at - now())::float8 as seconds from execution_targets
        where execution_id = '${execution_id}' and state = 'queued'`;
      return Number((await installation.rows(when, "*"))[0]?.["seconds"]);
    };
    await eventually(async () => (await due()) > 0, "it waits for its next attempt");
    expect(await due()).toBeGreaterThan(30);
    expect(await due()).toBeLessThanOrEqual(60);
    expect(member.link.received.filter(({ type }) => type === "run")).toEqual([]);
    await installation.query(`update execution_targets set retry_at = now() where execution_id = '${execution_id}'`);
    expect(await member.link.job()).toMatchObject({ execution_id, fence: 2 });
  });

  test("R5: retries without end, and those of a command that is not declared idempotent, are refused", async () => {
    const [member] = await fleet("refused", 1);
    if (member === undefined) throw new Error("a server");
    for (const config of [
      { retry_count: 1 },
      { on_lost: "retry" },
      { idempotent: true, retry_count: 1e9 },
      { idempotent: true, retry_delay_seconds: 1e12 },
    ]) {
      expect(await refusal(start([member], { execution_config: config }))).toMatchObject({ code: "invalid_request" });
    }
  });

  test("R4: a time-out that no timer can hold is refused", async () => {
    const [member] = await fleet("timeouts", 1);
    if (member === undefined) throw new Error("a server");
    for (const timeout_seconds of [0, -1, Number.NaN, 2 ** 31, 1e20, 1.5]) {
      expect(await refusal(start([member], { timeout_seconds }))).toMatchObject({ code: "invalid_request" });
    }
  });

  test("succeeds by what its output says, and only by that of this attempt", async () => {
    const [member] = await fleet("criteria", 1);
    if (member === undefined) throw new Error("a server");
    const success_criteria = { output_contains: ["50% done"], output_not_contains: ["panic"] };
    for (const [text, state] of [
      ["50% done\n", "succeeded"],
      ["50 done\n", "failed"],
      ["50% done, panic\n", "failed"],
    ] as const) {
      const execution = await start([member], { success_criteria });
      const job = await member.link.job();
      member.link.output(job, 1, text);
      member.link.finish(job, 0, 1);
      await becomes(execution, state);
    }
  });
});
