import { beforeAll, expect, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { startInstallation } from "./harness.ts";
import { TestAgent, type TestLink } from "./testAgent.ts";

const { installation, url, client } = await startInstallation();

const operation = { type: "shell_command" as const, argv: ["true"] satisfies [string] };
let server_id: string;
let link: TestLink;

beforeAll(async () => {
  const { enrolment_token } = await client.call("registerServer", { body: { hostname: "measured" } });
  const agent = await TestAgent.enrol(url, enrolment_token);
  server_id = agent.serverId;
  link = await agent.connect(url);
  await link.receive("welcome");
});

const start = async (more: object = {}) =>
  await client.call("startServerExecution", { params: { server_id }, body: { operation, ...more } });

/** The value of one line of the metrics, of an orchestrator that was just started: what is counted is fresh there. */
async function measured(line: string, at = url): Promise<number | undefined> {
  const text = await (await fetch(`${at}/metrics`)).text();
  const found = text.split("\n").find((candidate) => candidate.startsWith(`${line} `));
  return found === undefined ? undefined : Number(found.slice(line.length + 1));
}

test("every stage of an execution is measured, and the wait for a lock apart from that of the queue", async () => {
  const exclusive = { execution_config: { requires_lock: true } };
  await start(exclusive);
  const first = await link.job();
  await start(exclusive);
  link.send({ type: "started", execution_id: first.execution_id, fence: 1, started_at: new Date().toISOString() });
  link.output(first, 1, "a line");
  link.finish(first, 0, 1);
  const second = await link.job();
  expect(second.execution_id).not.toBe(first.execution_id);
  await eventually(async () => (await measured("homeslice_execution_run_seconds_count")) === 1, "the run is measured");
  for (const [name, times] of Object.entries({
    homeslice_execution_queue_seconds_count: 2,
    homeslice_lock_wait_seconds_count: 2,
    homeslice_execution_dispatch_seconds_count: 1,
    homeslice_log_lag_seconds_count: 1,
  })) {
    expect([name, await measured(name)]).toEqual([name, times]);
  }
  expect(await measured("homeslice_lock_wait_seconds_sum")).toBeGreaterThan(0);
  link.finish(second, 0, 0);
  await eventually(async () => (await client.call("getQueue")).open === 0, "both have ended");
});

test("work, breakers and locks are counted over all orchestrators and tenants", async () => {
  await client.call("acquireLock", { body: { server_id, lock_type: "maintenance", reason: "test" } });
  await start();
  const { server } = await (await installation.client(url, "admin", "other")).call("registerServer", {
    body: { hostname: "elsewhere" },
  });
  const params = { server_id: server.server_id };
  const other = await installation.client(url, "admin", "other");
  await other.call("overrideBreaker", { params, body: { mode: "open", reason: "test" } });
  await other.call("startServerExecution", { params, body: { operation } });
  const fresh = await installation.start();
  for (const [line, value] of Object.entries({
    'homeslice_work{state="queued"}': 2,
    'homeslice_work{state="held"}': 0,
    'homeslice_work{state="open"}': 0,
    'homeslice_breakers{state="open"}': 1,
    'homeslice_breakers{state="closed"}': 1,
    'homeslice_breakers{state="half_open"}': 0,
    'homeslice_locks_active{type="maintenance"}': 1,
    'homeslice_locks_active{type="execution"}': 0,
  })) {
    expect([line, await measured(line, fresh.url)]).toEqual([line, value]);
  }
  expect(await measured("homeslice_queue_oldest_seconds", fresh.url)).toBeGreaterThan(0);
});

test("what cannot be counted is not there, rather than wrong, and the rest still is", async () => {
  const fresh = await installation.start();
  await installation.query("alter table locks rename to locks_away");
  try {
    expect(await measured('homeslice_locks_active{type="execution"}', fresh.url)).toBeUndefined();
    expect(await measured("homeslice_agents_connected", fresh.url)).toBe(0);
  } finally {
    await installation.query("alter table locks_away rename to locks");
  }
});
