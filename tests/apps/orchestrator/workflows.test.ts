import { type Client, ClientError, type Job, type NewWorkflow, type WorkflowRun } from "@homeslice/protocol";
import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { eventually } from "../../support/eventually.ts";
import { startInstallation } from "./harness.ts";
import { TestAgent } from "./testAgent.ts";

const { installation, url, client } = await startInstallation();
const operator = await installation.client(url, "operator");

type Steps = z.input<typeof NewWorkflow>["steps"];
type Input = z.input<typeof NewWorkflow>;
type Argv = [string, ...string[]];

/** A server whose agent does what a test says. */
async function server(hostname = "host") {
  const { server: registered, enrolment_token } = await client.call("registerServer", { body: { hostname } });
  const link = await (await TestAgent.enrol(url, enrolment_token)).connect(url);
  await link.receive("welcome");
  const target_servers = [registered.server_id];
  return {
    id: registered.server_id,
    /** A step that runs a command there. */
    runs: (name: string, ...argv: string[]) => ({
      name,
      execution: {
        target_servers,
        operation: { type: "shell_command" as const, argv: [name, ...argv] satisfies Argv },
      },
    }),
    /** Takes the next command and ends it. @returns its arguments */
    async end(code = 0, ...lines: string[]) {
      const job = await link.job();
      finish(job, code, lines);
      return job.operation.type === "shell_command" ? job.operation.argv : [];
    },
    isIdle: () => !link.received.some(({ type }) => type === "run"),
    link,
  };

  function finish(job: Job, code: number, lines: readonly string[]) {
    if (lines.length > 0) link.output(job, 1, ...lines.map((line) => `${line}\n`));
    link.finish(job, code, lines.length);
  }
}

let made = 0;

async function workflow(steps: Steps, more: Partial<Input> = {}) {
  return await client.call("createWorkflow", { body: { name: `workflow ${made++}`, steps, ...more } });
}

async function start(steps: Steps, more: Partial<Input> = {}, parameters = {}, as: Client = operator) {
  const { workflow_id } = await workflow(steps, more);
  return await as.call("startWorkflow", { params: { workflow_id }, body: { parameters } });
}

const get = async ({ run_id }: WorkflowRun) => await client.call("getWorkflowRun", { params: { run_id } });
const statesOf = ({ steps }: WorkflowRun) => Object.fromEntries(steps.map(({ name, state }) => [name, state]));
const messageOf = ({ steps }: WorkflowRun, step: string) => steps.find(({ name }) => name === step)?.message;

async function until(run: WorkflowRun, state: WorkflowRun["state"]): Promise<WorkflowRun> {
  await eventually(async () => (await get(run)).state === state, `the run is ${state}`);
  return await get(run);
}

const refusal = async (call: Promise<unknown>) =>
  await call.then(
    () => undefined,
    (error: unknown) => (error instanceof ClientError ? error.problem : error),
  );

const decide = async (run: WorkflowRun, step: string, decision: "approve" | "refuse", as: Client) =>
  await as.call("decideGate", { params: { run_id: run.run_id, step }, body: { decision, reason: "because" } });

describe("a workflow that could not run", () => {
  test("is refused with everything that is wrong with it, at once", async () => {
    const { id, runs } = await server();
    const operation = { type: "shell_command" as const, argv: ["restart", "{{unit}}"] satisfies Argv };
    const parameters = { unit: { type: "string" as const }, times: { type: "integer" as const } };
    const { action_id: action_template_id } = await client.call("createAction", {
      body: { name: "restart", operation, parameters },
    });
    const target_servers = [id];
    const missing = "00000000-0000-4000-8000-000000000000";
    const steps: Steps = [
      { ...runs("a"), needs: ["b"] },
      { ...runs("b"), needs: ["c"] },
      { ...runs("c"), needs: ["a", "nowhere"] },
      { ...runs("a"), outputs: { count: { type: "integer" } } },
      { name: "d", execution: { target_servers, action_template_id: missing } },
      {
        name: "e",
        execution: {
          ...{ target_servers, action_template_id },
          parameters: {
            unit: "{{steps.a.missing}}",
            times: "{{parameters.release}}",
            other: "{{steps.f.x}}",
            odd: "x{{y",
          },
        },
      },
      { name: "f", execution: { target_servers, action_template_id, parameters: { times: "three" } } },
      { name: "g", execution: { target_servers, operation, parameters: { name: "{{parameters.nothing}}" } } },
    ];
    const body = { name: "faulty", steps, parameters: { release: { type: "string" as const } } };
    const errors = [
      ["steps.2.needs.1", 'there is no step "nowhere"'],
      ["steps.3.name", 'there is a step "a" already'],
      ["steps.0.needs", "goes round in a circle: a needs b needs c needs a"],
      ["steps.4.execution.action_template_id", `there is no action ${missing}`],
      ["steps.5.execution.parameters.unit", 'the step "a" has no output "missing"'],
      ["steps.5.execution.parameters.times", "is of type string, and the action takes one of type integer"],
      ["steps.5.execution.parameters.other", 'the step "f" has no output "x"'],
      [
        "steps.5.execution.parameters.odd",
        "a reference is a whole value: write {{parameters.NAME}} or {{steps.STEP.OUTPUT}} and nothing else",
      ],
      ["steps.6.execution.parameters.unit", "required"],
      ["steps.6.execution.parameters.times", "must be of type integer"],
      ["steps.7.execution.parameters.name", 'the workflow has no parameter "nothing"'],
      ["steps.7.execution.operation.argv.1", 'there is no parameter "unit"'],
    ].map(([path, message]) => ({ path, message }));
    expect(await client.call("validateWorkflow", { body })).toEqual({ valid: false, errors });
    expect(await refusal(client.call("createWorkflow", { body }))).toMatchObject({
      code: "invalid_request",
      errors: errors.map(({ path, message }) => ({ path: `body.${path}`, message })),
    });
    expect((await client.call("listWorkflows", { query: { search: "faulty" } })).items).toEqual([]);
  });

  test("is one that uses what may not be there yet, and one whose step is neither or both", async () => {
    const { runs } = await server();
    const first = { ...runs("first"), outputs: { release: { type: "string" as const } } };
    const second = runs("second", "{{release}}");
    const using = { ...second.execution, parameters: { release: "{{steps.first.release}}" } };
    const validate = async (...steps: Steps) =>
      await client.call("validateWorkflow", { body: { name: "x", steps } }).catch(refusal);
    expect(await validate(first, { ...second, execution: using })).toMatchObject({
      errors: [{ message: '"second" does not need "first", itself or through others: it may begin before' }],
    });
    const through: Steps = [first, { ...runs("between"), needs: ["first"] }];
    expect(await validate(...through, { ...second, execution: using, needs: ["between"] })).toMatchObject({
      valid: true,
    });
    const either = { code: "invalid_request", errors: [{ message: "give either execution or gate" }] };
    expect(
      await refusal(client.call("validateWorkflow", { body: { name: "x", steps: [{ name: "x" }] } })),
    ).toMatchObject(either);
  });
});

describe("a run", () => {
  test("begins each step after what it needs, and hands on what that found", async () => {
    const { runs, end } = await server();
    const build = {
      ...runs("build"),
      outputs: { release: { type: "string" as const }, size: { type: "integer" as const } },
    };
    const deploy = runs("deploy", "{{to}}", "{{release}}", "{{size}}");
    const parameters = { to: "{{parameters.to}}", release: "{{steps.build.release}}", size: "{{steps.build.size}}" };
    const run = await start([{ ...deploy, needs: ["build"], execution: { ...deploy.execution, parameters } }, build], {
      parameters: { to: { type: "string", default: "staging" } },
    });
    expect(statesOf(run)).toEqual({ deploy: "pending", build: "running" });
    expect(await end(0, "release=1.0", "size=7", "release=1.1")).toEqual(["build"]);
    expect(await end()).toEqual(["deploy", "staging", "1.1", "7"]);
    const ended = await until(run, "succeeded");
    expect(ended.steps[1]).toMatchObject({ outputs: { release: "1.1", size: 7 }, attempt: 1, message: null });
    const { items } = await client.call("listExecutions", { query: { batch_id: run.run_id } });
    expect(items.map(({ initiated_by }) => initiated_by)).toEqual(["test operator", "test operator"]);
    const { items: told } = await client.call("listAudit", { query: { resource_id: items[0]?.execution_id ?? "" } });
    expect(told[0]).toMatchObject({
      actor: { type: "system", id: `workflow ${run.workflow_name}` },
      details: { run_id: run.run_id, initiated_by: "test operator" },
    });
  });

  test("skips what asks for success, does what asks for failure, and has failed", async () => {
    const { runs, end } = await server();
    const run = await start([
      runs("try"),
      { ...runs("after"), needs: ["try"] },
      { ...runs("repair"), needs: ["try", "after"], when: "failed" },
      { ...runs("report"), needs: ["repair"], when: "always" },
    ]);
    expect([await end(1), await end(), await end()]).toEqual([["try"], ["repair"], ["report"]]);
    const ended = await until(run, "failed");
    expect(statesOf(ended)).toEqual({ try: "failed", after: "skipped", repair: "succeeded", report: "succeeded" });
    expect(messageOf(ended, "after")).toBe('"try" did not succeed');
    expect(messageOf(ended, "try")).toBe("its execution failed");
  });

  test("is resumed from what failed: what had succeeded stays, and what comes after begins again", async () => {
    const { runs, end } = await server();
    const run = await start([
      runs("one"),
      { ...runs("two"), needs: ["one"] },
      { ...runs("three"), needs: ["two"] },
      { ...runs("always"), needs: ["two"], when: "always" },
    ]);
    await end();
    await end(1);
    await end();
    await until(run, "failed");
    const params = { run_id: run.run_id };
    const resumed = await operator.call("resumeWorkflowRun", { params });
    expect(statesOf(resumed)).toEqual({ one: "succeeded", two: "running", three: "pending", always: "pending" });
    expect(await refusal(operator.call("resumeWorkflowRun", { params }))).toMatchObject({ code: "conflict" });
    expect(await end()).toEqual(["two"]);
    expect([await end(), await end()].flat().toSorted()).toEqual(["always", "three"]);
    const ended = await until(run, "succeeded");
    expect(ended.steps.map(({ name, attempt }) => `${name} ${attempt}`)).toEqual([
      "one 1",
      "two 2",
      "three 2",
      "always 2",
    ]);
    const { items } = await client.call("listWorkflowSteps", { params, query: {} });
    expect(items.map(({ name, attempt }) => `${name} ${attempt}`)).toContain("two 1");
    expect(await refusal(operator.call("resumeWorkflowRun", { params }))).toMatchObject({ code: "conflict" });
  });

  test("is cancelled: what is under way is ended, and nothing more begins", async () => {
    const { runs, link } = await server();
    const run = await start([runs("long"), { ...runs("never"), needs: ["long"], when: "always" }]);
    const job = await link.job();
    const params = { run_id: run.run_id };
    const cancelling = await operator.call("cancelWorkflowRun", { params });
    expect(cancelling).toMatchObject({ state: "running", cancelling: true });
    await link.receive("cancel");
    await operator.call("cancelWorkflowRun", { params });
    const ended = { execution_id: job.execution_id, fence: job.fence, exit_code: null, error: null, last_seq: 0 };
    link.send({ type: "finished", ...ended, outcome: "cancelled", duration_seconds: 1 });
    expect(statesOf(await until(run, "cancelled"))).toEqual({ long: "cancelled", never: "cancelled" });
    const { items } = await client.call("listAudit", { query: { resource_id: run.run_id } });
    expect(items.map(({ event_type }) => event_type)).toEqual(["workflow.cancelled", "workflow.started"]);
  });

  test("stays what it was when it was started, whatever becomes of the workflow and its actions", async () => {
    const { id, runs, end } = await server();
    const operation = (word: string) => ({ type: "shell_command" as const, argv: [word] satisfies Argv });
    const body = { name: "kept", operation: operation("as-it-was") };
    const { action_id } = await client.call("createAction", { body });
    const second = {
      name: "second",
      execution: { target_servers: [id], action_template_id: action_id },
      needs: ["first"],
    };
    const { workflow_id, name } = await workflow([runs("first"), second]);
    const run = await operator.call("startWorkflow", { params: { workflow_id }, body: {} });
    const params = { action_id };
    await client.call("updateAction", { params, body: { ...body, operation: operation("changed") } });
    await client.call("updateWorkflow", { params: { workflow_id }, body: { name, steps: [runs("other")] } });
    await client.call("deleteAction", { params });
    await client.call("deleteWorkflow", { params: { workflow_id } });
    expect([await end(), await end()]).toEqual([["first"], ["as-it-was"]]);
    expect(await until(run, "succeeded")).toMatchObject({ workflow_version: 1 });
    expect(await refusal(operator.call("startWorkflow", { params: { workflow_id }, body: {} }))).toMatchObject({
      code: "not_found",
    });
  });

  test("is started once for each key, and only with parameters that fit", async () => {
    const { runs, end, isIdle } = await server();
    const { workflow_id } = await workflow([runs("once")], { parameters: { count: { type: "integer" } } });
    const params = { workflow_id };
    const unfit = await refusal(
      operator.call("startWorkflow", { params, body: { parameters: { count: "x", more: 1 } } }),
    );
    expect(unfit).toMatchObject({
      errors: [
        { path: "body.parameters.more", message: "unknown parameter" },
        { path: "body.parameters.count", message: "must be of type integer" },
      ],
    });
    const request = { params, body: { parameters: { count: 1 } }, idempotencyKey: crypto.randomUUID() };
    const [one, other] = await Promise.all([
      operator.call("startWorkflow", request),
      operator.call("startWorkflow", request),
    ]);
    expect(one.run_id).toBe(other.run_id);
    const reused = operator.call("startWorkflow", { ...request, body: { parameters: { count: 2 } } });
    expect(await refusal(reused)).toMatchObject({ code: "idempotency_key_reused" });
    await end();
    await until(one, "succeeded");
    expect(isIdle()).toBe(true);
  });
});

describe("outputs", () => {
  test("that do not fit, or are not there, or differ between servers, fail their step and say why", async () => {
    const [one, other] = [await server("one"), await server("other")];
    const both = { target_servers: [one.id, other.id] };
    const step = (output: object) => {
      const { name, execution } = one.runs("ask");
      return [{ name, execution: { ...execution, ...both }, outputs: { n: { type: "integer" as const, ...output } } }];
    };
    const cases: [object, string, string, string | number][] = [
      [{}, "n=1", "n=2", 'the output "n" is "1" on one, and "2" on other'],
      [{}, "n=x", "n=x", 'the output "n" must be of type integer, and is "x"'],
      [{}, "m=1", "m=1", 'the output "n" is not there: no line of the output begins with n='],
      [{ validation: { max: 5 } }, "n=6", "n=6", 'the output "n" must be 5 or less, and is 6'],
      [{}, "n=-3", "n=-3", -3],
      [{ from: "exit_code" }, "", "", 0],
      [{ from: "stdout" }, "12", "12", 12],
    ];
    for (const [output, first, second, expected] of cases) {
      const run = await start(step(output));
      await Promise.all([one.end(0, first), other.end(0, second)]);
      if (typeof expected === "number") {
        expect((await until(run, "succeeded")).steps[0]?.outputs).toEqual({ n: expected });
      } else expect(messageOf(await until(run, "failed"), "ask")).toBe(expected);
    }
    const listed = await start(step({ type: "list" }));
    await Promise.all([one.end(0, "n=first"), other.end(0, "n=second")]);
    expect((await until(listed, "succeeded")).steps[0]?.outputs).toEqual({ n: ["first", "second"] });
    const run = await start(step({ required: false }));
    await Promise.all([one.end(), other.end()]);
    expect((await until(run, "succeeded")).steps[0]?.outputs).toEqual({});
  });
});

describe("a gate", () => {
  const gate = (more: object = {}) => ({ name: "ask", gate: { message: "is the backup there?", ...more } });

  test("waits for somebody else of its role, who lets the run go on or fail", async () => {
    const { runs, end } = await server();
    const approver = await installation.client(url, "approver");
    const steps: Steps = [gate({ role: "approver" }), { ...runs("go"), needs: ["ask"] }];
    const run = await start(steps, {}, {}, approver);
    expect(run).toMatchObject({ state: "waiting", steps: [{ state: "waiting", message: "is the backup there?" }, {}] });
    expect((await client.call("listWorkflowRuns", { query: { state: "waiting" } })).items).toHaveLength(1);
    const admin = client;
    expect(await refusal(decide(run, "ask", "approve", operator))).toMatchObject({
      ...{ code: "not_permitted", detail: "this gate is for the role approver" },
    });
    expect(await refusal(decide(run, "ask", "approve", approver))).toMatchObject({
      detail: "nobody decides about what they started themselves",
    });
    expect(await refusal(decide(run, "go", "approve", admin))).toMatchObject({ code: "not_found" });
    const decided = await decide(run, "ask", "approve", admin);
    expect(decided.steps[0]).toMatchObject({ state: "succeeded", decision: { by: "test admin", reason: "because" } });
    expect(await refusal(decide(run, "ask", "refuse", admin))).toMatchObject({ code: "conflict" });
    expect(await end()).toEqual(["go"]);
    await until(run, "succeeded");
    const refused = await start(steps, {}, {}, operator);
    const failed = await decide(refused, "ask", "refuse", approver);
    expect(failed.state).toBe("failed");
    expect(messageOf(failed, "ask")).toBe("refused by test approver: because");
    const params = { run_id: refused.run_id };
    expect(statesOf(await operator.call("resumeWorkflowRun", { params }))).toEqual({ ask: "waiting", go: "pending" });
    expect(statesOf(await operator.call("cancelWorkflowRun", { params }))).toEqual({
      ask: "cancelled",
      go: "cancelled",
    });
  });

  test("that nobody decides in time has failed, and one for oneself can be decided by oneself", async () => {
    const late = await start([gate({ expires_after_seconds: 1 })]);
    expect(messageOf(await until(late, "failed"), "ask")).toBe("nobody decided it in time");
    const own = await start([gate({ role: "operator", by_others: false })]);
    expect((await decide(own, "ask", "approve", operator)).state).toBe("succeeded");
  });

  test("tells those who want to know, as the end of a run does", async () => {
    const target = { type: "email" as const, to: ["ops@example.com"] };
    const { channel_id } = await client.call("createChannel", { body: { name: "told", target } });
    const events = ["workflow.waiting" as const, "workflow.failed" as const];
    await client.call("createNotificationRule", { body: { name: "told", channel_ids: [channel_id], events } });
    const run = await start([gate()]);
    await decide(run, "ask", "refuse", client);
    const { items } = await client.call("listDeliveries", { query: {} });
    expect(items.map(({ event }) => event)).toEqual(["workflow.failed", "workflow.waiting"]);
  });
});

test("each step begins once, in its order, with several orchestrators whose database connections break meanwhile", async () => {
  const others = [await installation.start(), await installation.start()];
  const { server: away } = await client.call("registerServer", { body: { hostname: "away" } });
  const operation = { type: "shell_command" as const, argv: ["true"] satisfies Argv };
  const execution = { target_servers: [away.server_id], operation };
  const names = ["a", "b", "c", "d"];
  const { workflow_id } = await workflow(
    names.map((name, index) => ({ name, execution, needs: names.slice(0, index) })),
  );
  const params = { workflow_id };
  const all = await Promise.all(Array.from({ length: 8 }, () => operator.call("startWorkflow", { params, body: {} })));
  const runs = `select run_id from workflow_runs where workflow_id = '${workflow_id}'`;
  let breaks = 50; // on a busy machine, no transaction would get through if they never ended
  const isOver = async () => {
    await installation.query(`update executions set state = 'succeeded', completed_at = now()
      where completed_at is null and random() < 0.2 and batch_id in (${runs})`);
    if (breaks-- > 0) await installation.breakConnections();
    return (await installation.rows(`${runs} and completed_at is null`, "*")).length === 0;
  };
  await eventually(isOver, "all runs have ended", 30_000);
  await Promise.all(others.map(({ stop }) => stop()));
  for (const run of all) {
    const { state, steps } = await get(run);
    const { items } = await client.call("listExecutions", { query: { batch_id: run.run_id, sort: "created" } });
    expect([state, steps.map(({ attempt }) => attempt)]).toEqual(["succeeded", [1, 1, 1, 1]]);
    expect(items.map(({ execution_id }) => execution_id)).toEqual(steps.map(({ execution_id }) => execution_id));
  }
});
