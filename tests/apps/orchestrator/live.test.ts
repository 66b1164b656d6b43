import {
  type Client,
  closeCode,
  followPermissions,
  followRunPermissions,
  followServersPermissions,
  LiveMessage,
  LiveRunMessage,
} from "@homeslice/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { eventually } from "../../support/eventually.ts";
import { Installation } from "./harness.ts";
import { TestAgent, type TestLink } from "./testAgent.ts";

let installation: Installation;
let url: string;
let client: Client;
let agent: TestAgent;
let link: TestLink;

beforeAll(async () => {
  installation = await Installation.create();
  ({ url } = await installation.start());
  client = await installation.client(url);
  const { enrolment_token } = await client.call("registerServer", { body: { hostname: "live" } });
  agent = await TestAgent.enrol(url, enrolment_token);
  link = await agent.connect(url);
  await link.receive("welcome");
});

afterAll(async () => await installation.destroy());

async function start() {
  const body = { operation: { type: "shell_command" as const, argv: ["true"] satisfies [string] } };
  await client.call("startServerExecution", { params: { server_id: agent.serverId }, body });
  return await link.job();
}

/** A client of the live view. */
class Viewer {
  readonly messages: LiveMessage[] = [];
  closed: number | undefined;
  readonly #socket: WebSocket;

  constructor(execution_id: string, token: string | undefined, first: string, base = url) {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    this.#socket = new WebSocket(`${base.replace("http", "ws")}/ws/executions/${execution_id}`, { headers });
    this.#socket.on("open", () => this.#socket.send(first));
    this.#socket.on("message", (data) => this.messages.push(LiveMessage.parse(JSON.parse(String(data)))));
    this.#socket.on("close", (code) => {
      this.closed = code;
    });
  }

  get lines(): string[] {
    return this.messages.flatMap((message) =>
      message.type === "log" ? message.entries.map(({ seq, text }) => `${seq} ${text}`) : [],
    );
  }

  leave(): void {
    this.#socket.terminate();
  }
}

const follow = (after: Record<string, number> = {}) => JSON.stringify({ type: "follow", after });

test("a viewer sees what was before it came, what comes, and the end after the last line", async () => {
  const job = await start();
  link.output(job, 1, "early");
  const viewer = new Viewer(job.execution_id, await installation.token("viewer"), follow());
  await eventually(() => viewer.lines.length === 1, "the early line is seen");
  link.output(job, 2, "late", "last");
  link.finish(job, 3, 3);
  await eventually(() => viewer.closed === 1000, "the view ends");
  expect(viewer.lines).toEqual(["1 early", "2 late", "3 last"]);
  const end = viewer.messages.at(-1);
  expect(end).toMatchObject({ type: "end", execution: { status: { overall: "failed" } } });
});

test("a viewer that comes back gets what it has not seen, once", async () => {
  const job = await start();
  link.output(job, 1, "a", "b", "c");
  const token = await installation.token("viewer");
  const first = new Viewer(job.execution_id, token, follow());
  await eventually(() => first.lines.length === 3, "three lines are seen");
  first.leave();
  link.output(job, 4, "d");
  const second = new Viewer(job.execution_id, token, follow({ [agent.serverId]: 3 }));
  link.output(job, 5, "e");
  link.finish(job, 0, 5);
  await eventually(() => second.closed === 1000, "the view ends");
  expect(second.lines).toEqual(["4 d", "5 e"]);
});

test("many lines arrive in order, without a gap", async () => {
  const job = await start();
  const viewer = new Viewer(job.execution_id, await installation.token("viewer"), follow());
  const total = 5_000;
  for (let first = 1; first <= total; first += 500) {
    link.output(job, first, ...Array.from({ length: 500 }, (_, index) => String(first + index)));
  }
  link.finish(job, 0, total);
  await eventually(() => viewer.closed === 1000, "the view ends");
  expect(viewer.lines).toEqual(Array.from({ length: total }, (_, index) => `${index + 1} ${index + 1}`));
});

test("after many lines at once, what comes next is gathered; a few are shown as they come", async () => {
  const { url: patient, stop } = await installation.start({ gatherMs: 3_600_000 });
  const job = await start();
  const token = await installation.token("viewer");
  const sentMany = new Viewer(job.execution_id, token, follow(), patient);
  link.output(job, 1, ...Array.from({ length: 20 }, (_, index) => `${index}`));
  await eventually(() => sentMany.lines.length === 20, "many lines are seen");
  const sentFew = new Viewer(job.execution_id, token, follow({ [agent.serverId]: 20 }), patient);
  // Each takes this replica a look of its own: in that time, the other view could have looked, too.
  for (const seq of [21, 22, 23]) {
    link.output(job, seq, "later");
    await eventually(() => sentFew.lines.length === seq - 20, "one more line is seen");
  }
  expect(sentMany.lines).toHaveLength(20);
  await stop();
});

test("nobody sees an execution without a token, or one that does not exist, or by another message", async () => {
  const { execution_id } = await start();
  const token = await installation.token("viewer");
  const cases = [
    { viewer: new Viewer(execution_id, undefined, follow()), code: closeCode.not_authenticated },
    { viewer: new Viewer(execution_id, "a.b.c", follow()), code: closeCode.not_authenticated },
    { viewer: new Viewer(crypto.randomUUID(), token, follow()), code: closeCode.not_found },
    { viewer: new Viewer("..%2f", token, follow()), code: closeCode.not_found },
    { viewer: new Viewer(execution_id, token, "{"), code: closeCode.invalid_message },
    { viewer: new Viewer(execution_id, token, '{"type":"__proto__"}'), code: closeCode.invalid_message },
  ];
  for (const { viewer, code } of cases) {
    await eventually(() => viewer.closed !== undefined, "the socket is closed");
    expect(viewer.closed).toBe(code);
    expect(viewer.messages).toEqual([]);
  }
});

test("each message of each view needs its permission, whatever else one may do", async () => {
  const job = await start();
  const steps = [{ name: "ask", gate: { message: "?" } }];
  const { workflow_id } = await client.call("createWorkflow", { body: { name: "not for all", steps } });
  const { run_id } = await client.call("startWorkflow", { params: { workflow_id }, body: {} });
  const own = ["executions:read", "workflows:read", "servers:read"] as const;
  for (const [path, messages] of [
    [`executions/${job.execution_id}`, followPermissions],
    [`workflow-runs/${run_id}`, followRunPermissions],
    ["servers/status", followServersPermissions],
  ] as const) {
    for (const [type, needed] of Object.entries(messages)) {
      const answer = async (permissions: (typeof own)[number][]) => {
        const body = { name: `${path} ${permissions}`, role: "viewer" as const, permissions };
        const { token } = await client.call("createApiToken", { body });
        const headers = { authorization: `Bearer ${token}` };
        const socket = new WebSocket(`${url.replace("http", "ws")}/ws/${path}`, { headers });
        socket.on("open", () => socket.send(JSON.stringify({ type })));
        let told: string | number | undefined;
        socket.on("message", () => (told ??= "shown"));
        socket.on("close", (code) => (told ??= code));
        await eventually(() => told !== undefined, "it is answered");
        socket.terminate();
        return told;
      };
      expect(await answer(own.filter((permission) => permission !== needed))).toBe(closeCode.not_permitted);
      expect(await answer(own.filter((permission) => permission === needed))).toBe("shown");
    }
  }
  link.finish(job, 0, 0);
});

describe("a run of a workflow", () => {
  /** A client of the live view of a run. */
  class RunViewer {
    readonly messages: LiveRunMessage[] = [];
    closed: number | undefined;
    readonly #socket: WebSocket;

    constructor(run_id: string, token: string | undefined, { at = url, first = '{"type":"follow"}' } = {}) {
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
      this.#socket = new WebSocket(`${at.replace("http", "ws")}/ws/workflow-runs/${run_id}`, { headers });
      this.#socket.on("open", () => this.#socket.send(first));
      this.#socket.on("message", (data) => this.messages.push(LiveRunMessage.parse(JSON.parse(String(data)))));
      this.#socket.on("close", (code) => {
        this.closed = code;
      });
    }

    /** How its steps are, as was told last. */
    get steps(): string[] | undefined {
      return this.messages.at(-1)?.run.steps.map(({ name, state }) => `${name} ${state}`);
    }

    async sees(...steps: string[]): Promise<void> {
      await eventually(() => String(this.steps) === String(steps), `it sees ${steps.join(", ")}`, 20_000);
    }

    leave(): void {
      this.#socket.terminate();
    }
  }

  async function startRun(): Promise<string> {
    const operation = { type: "shell_command" as const, argv: ["true"] satisfies [string] };
    const steps = [
      { name: "run", execution: { operation, target_servers: [agent.serverId] } },
      { name: "ask", needs: ["run"], gate: { message: "?", by_others: false } },
    ];
    const body = { name: `followed ${crypto.randomUUID()}`, steps };
    const { workflow_id } = await client.call("createWorkflow", { body });
    return (await client.call("startWorkflow", { params: { workflow_id }, body: {} })).run_id;
  }

  test("is seen as it moves, at another orchestrator too, long before anybody would look by themselves; who comes back sees all", async () => {
    // Nothing is seen by looking again and again: what is seen was told.
    const other = await installation.start({ pollMs: 600_000 });
    const run_id = await startRun();
    const token = await installation.token("viewer");
    const viewer = new RunViewer(run_id, token, { at: other.url });
    await viewer.sees("run running", "ask pending");
    link.finish(await link.job(), 0, 0);
    await viewer.sees("run succeeded", "ask waiting");
    viewer.leave();
    const again = new RunViewer(run_id, token, { at: other.url });
    await again.sees("run succeeded", "ask waiting");
    const vote = { decision: "approve" as const, reason: "good" };
    await client.call("decideGate", { params: { run_id, step: "ask" }, body: vote });
    await eventually(() => again.closed === 1000, "the view ends");
    expect(again.messages.at(-1)).toMatchObject({ type: "end", run: { state: "succeeded" } });
    expect(new Set(again.messages.map((message) => JSON.stringify(message))).size).toBe(again.messages.length);
    await other.stop();
  });

  test("is shown to nobody without a token, and only by the message that asks for it", async () => {
    const run_id = await startRun();
    const token = await installation.token("viewer");
    const cases = [
      { viewer: new RunViewer(run_id, undefined), code: closeCode.not_authenticated },
      { viewer: new RunViewer(crypto.randomUUID(), token), code: closeCode.not_found },
      { viewer: new RunViewer("..%2f", token), code: closeCode.not_found },
      {
        viewer: new RunViewer(run_id, token, { first: '{"type":"follow","after":{}}' }),
        code: closeCode.invalid_message,
      },
    ];
    for (const { viewer, code } of cases) {
      await eventually(() => viewer.closed !== undefined, "the socket is closed");
      expect(viewer.closed).toBe(code);
      expect(viewer.messages).toEqual([]);
    }
    await client.call("cancelWorkflowRun", { params: { run_id } });
  });
});
