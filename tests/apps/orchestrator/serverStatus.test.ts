import { closeCode, type LiveServer, LiveServersMessage } from "@homeslice/protocol";
import { afterAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { eventually } from "../../support/eventually.ts";
import { startInstallation } from "./harness.ts";
import { TestAgent } from "./testAgent.ts";

const { installation, url, client } = await startInstallation();
const other = await installation.start();

const viewers: Viewer[] = [];
afterAll(() => {
  for (const viewer of viewers) viewer.leave();
});

/** Follows the servers of a tenant. */
class Viewer {
  readonly messages: LiveServersMessage[] = [];
  closed: number | undefined;
  readonly #socket: WebSocket;

  constructor(at: string, token: string | undefined, first = '{"type":"follow"}') {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    this.#socket = new WebSocket(`${at.replace("http", "ws")}/ws/servers/status`, { headers });
    this.#socket.on("open", () => this.#socket.send(first));
    this.#socket.on("message", (data) => this.messages.push(LiveServersMessage.parse(JSON.parse(String(data)))));
    this.#socket.on("close", (code) => {
      this.closed = code;
    });
    viewers.push(this);
  }

  /** What was told last of each server that is still there. */
  get servers(): Map<string, LiveServer> {
    const servers = new Map<string, LiveServer>();
    for (const { servers: changed, gone } of this.messages) {
      for (const server of changed) servers.set(server.server_id, server);
      for (const id of gone) servers.delete(id);
    }
    return servers;
  }

  stateOf(serverId: string): string | undefined {
    return this.servers.get(serverId)?.status.current;
  }

  /** Fails unless it is seen within a second. */
  async sees(serverId: string, state: string | undefined): Promise<void> {
    await eventually(() => this.stateOf(serverId) === state, `it is ${state}`, 5_000);
  }

  leave(): void {
    this.#socket.terminate();
  }
}

const operation = { type: "shell_command" as const, argv: ["true"] satisfies [string] };

test("who follows servers sees all of them, and within a second whatever becomes of one, at whichever replica", async () => {
  const { server, enrolment_token } = await client.call("registerServer", { body: { hostname: "followed" } });
  const { server_id } = server;
  const viewer = new Viewer(other.url, await installation.token("viewer"));
  await viewer.sees(server_id, "unreachable");
  const agent = await TestAgent.enrol(url, enrolment_token);
  const link = await agent.connect(url);
  await link.receive("welcome");
  await viewer.sees(server_id, "idle");
  await client.call("startServerExecution", { params: { server_id }, body: { operation } });
  await viewer.sees(server_id, "busy");
  link.finish(await link.job(), 0, 0);
  await viewer.sees(server_id, "idle");
  const lock = { server_id, lock_type: "maintenance" as const, reason: "test" };
  const { lock_id } = await client.call("acquireLock", { body: lock });
  await viewer.sees(server_id, "maintenance");
  await client.call("releaseLock", { params: { lock_id } });
  await viewer.sees(server_id, "idle");
  await link.drop();
  await viewer.sees(server_id, "unreachable");
  await client.call("deleteServer", { params: { server_id } });
  await viewer.sees(server_id, undefined);
});

test("what does not change is told once, and what the agent measures is told on", async () => {
  const quiet = await client.call("registerServer", { body: { hostname: "quiet" } });
  const { enrolment_token } = await client.call("registerServer", { body: { hostname: "measured" } });
  const agent = await TestAgent.enrol(url, enrolment_token);
  const link = await agent.connect(url);
  await link.receive("welcome");
  const viewer = new Viewer(url, await installation.token("viewer"));
  await viewer.sees(agent.serverId, "idle");
  const host = { uptime_seconds: 7, memory_usage_percent: 42, disk_usage_percent: 1 };
  link.send({ type: "heartbeat", status: { ...host, load_average: [1, 2, 3] } });
  const memory = () => viewer.servers.get(agent.serverId)?.status.memory_usage_percent;
  await eventually(() => memory() === 42, "the measurement is seen", 5_000);
  const told = viewer.messages.flatMap(({ servers }) => servers.map(({ server_id }) => server_id));
  expect(told.filter((id) => id === quiet.server.server_id)).toHaveLength(1);
});

test("nobody sees servers of another tenant, or any without a token, or by another message", async () => {
  await client.call("registerServer", { body: { hostname: "ours" } });
  const stranger = new Viewer(url, await installation.token("viewer", "elsewhere"));
  await eventually(() => stranger.messages.length > 0, "the stranger is told that there are none");
  expect(stranger.servers.size).toBe(0);
  const token = await installation.token("viewer");
  const cases = [
    { viewer: new Viewer(url, undefined), code: closeCode.not_authenticated },
    { viewer: new Viewer(url, token, "{"), code: closeCode.invalid_message },
    { viewer: new Viewer(url, token, '{"type":"follow","after":{}}'), code: closeCode.invalid_message },
  ];
  for (const { viewer, code } of cases) {
    await eventually(() => viewer.closed !== undefined, "the socket is closed");
    expect([viewer.closed, viewer.messages]).toEqual([code, []]);
  }
});

test("the watch ends with the last who follows, and begins again with the next", async () => {
  const clients = async () => /homeslice_live_clients\{view="servers"\} (\d+)/.exec(await metrics())?.[1];
  const metrics = async () => await (await fetch(`${other.url}/metrics`)).text();
  for (const viewer of viewers) viewer.leave();
  await eventually(async () => (await clients()) === "0", "nobody follows");
  const viewer = new Viewer(other.url, await installation.token("viewer"));
  await eventually(() => viewer.messages.length === 1, "the next one is shown everything");
  expect(await clients()).toBe("1");
});
