import { openDatabases } from "@homeslice/orchestrator/database/tenancy.ts";
import type { Client } from "@homeslice/protocol";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { TcpProxy } from "../../support/tcpProxy.ts";
import { Installation } from "./harness.ts";
import { TestAgent } from "./testAgent.ts";

/** For links that are to stand however slow the machine is: nobody renews them. */
const standing = { heartbeatMs: 60_000, sessionMs: 60_000 };
/** More agents than there are connections to the database. */
const CROWD = 20;
let installation: Installation;

beforeAll(async () => {
  installation = await Installation.create();
});

afterAll(async () => await installation.destroy());

async function enrol(client: Client, url: string): Promise<TestAgent> {
  const { enrolment_token } = await client.call("registerServer", { body: { hostname: "test-host" } });
  return await TestAgent.enrol(url, enrolment_token);
}

async function start(client: Client, agent: TestAgent): Promise<string> {
  const body = { operation: { type: "shell_command" as const, argv: ["true"] satisfies [string] } };
  const params = { server_id: agent.serverId };
  return (await client.call("startServerExecution", { params, body })).execution_id;
}

async function overall(client: Client, execution_id: string): Promise<string> {
  return (await client.call("getExecution", { params: { execution_id } })).status.overall;
}

test("an orchestrator that stops hands its agents on: the work goes on under the next one", async () => {
  const first = await installation.start();
  const client = await installation.client(first.url);
  const agent = await enrol(client, first.url);
  const link = await agent.connect(first.url);
  await link.receive("welcome");
  const execution_id = await start(client, agent);
  const job = await link.job();
  link.output(job, 1, "before");
  await link.receive("stored");
  await first.stop();
  expect(link.closed).toBeDefined();

  const second = await installation.start();
  const next = await installation.client(second.url);
  expect(await overall(next, execution_id)).toBe("unreachable");
  const back = await agent.connect(second.url, [{ execution_id, fence: job.fence, state: "running" }]);
  expect((await back.receive("welcome")).stored).toEqual([{ execution_id, fence: job.fence, seq: 1 }]);
  back.output(job, 2, "after");
  back.finish(job, 0, 2);
  await eventually(async () => (await overall(next, execution_id)) === "succeeded", "it succeeds");
});

test("two orchestrators share the work: a job queued at one goes out over the link that the other holds", async () => {
  const [one, two] = [await installation.start(), await installation.start()];
  const [clientOne, clientTwo] = [await installation.client(one.url), await installation.client(two.url)];
  const agent = await enrol(clientOne, one.url);
  const link = await agent.connect(two.url);
  await link.receive("welcome");
  const execution_id = await start(clientOne, agent);
  expect((await link.job()).execution_id).toBe(execution_id);
  await clientOne.call("cancelExecution", { params: { execution_id } });
  expect((await link.receive("cancel")).execution_id).toBe(execution_id);
  expect(await overall(clientTwo, execution_id)).toBe("dispatched");
});

test("F4: an agent that moves to another orchestrator takes its work along, and the old link has no say any more", async () => {
  const [one, two] = [await installation.start(), await installation.start()];
  const client = await installation.client(one.url);
  const agent = await enrol(client, one.url);
  const old = await agent.connect(one.url);
  await old.receive("welcome");
  const current = await agent.connect(two.url);
  await current.receive("welcome");
  old.send({
    type: "heartbeat",
    status: { uptime_seconds: 1, load_average: [0, 0, 0], memory_usage_percent: 0, disk_usage_percent: 0 },
  });
  await eventually(() => old.closed === 1008, "the old link is closed");
  const { status } = await client.call("getServer", { params: { server_id: agent.serverId } });
  expect(status.current).toBe("idle");
  const execution_id = await start(client, agent);
  expect((await current.job()).execution_id).toBe(execution_id);
});

test("a link that nobody renews expires: its work becomes unreachable", async () => {
  const { url } = await installation.start({ heartbeatMs: 60_000 });
  const client = await installation.client(url);
  const agent = await enrol(client, url);
  const link = await agent.connect(url);
  await link.receive("welcome");
  const execution_id = await start(client, agent);
  await link.job();
  await installation.query(`update servers set session_expires_at = now() where server_id = '${agent.serverId}'`);
  await eventually(async () => (await overall(client, execution_id)) === "unreachable", "it is unreachable");
  const { status } = await client.call("getServer", { params: { server_id: agent.serverId } });
  expect(status.current).toBe("unreachable");
});

test("F16: a half-open link is ended: an agent that answers no ping is gone", async () => {
  const { url } = await installation.start({ heartbeatMs: 500 });
  const client = await installation.client(url);
  const agent = await enrol(client, url);
  const link = await agent.connect(url);
  await link.receive("welcome");
  link.freeze();
  await eventually(async () => {
    const { status } = await client.call("getServer", { params: { server_id: agent.serverId } });
    return status.current === "unreachable";
  }, "the server is unreachable");
});

test("R16: a frame that is not in the catalogue ends the link and stores nothing", async () => {
  const { url } = await installation.start();
  const client = await installation.client(url);
  const agent = await enrol(client, url);
  for (const frame of ["not json", "[]", '{"v":1,"type":"__proto__"}', '{"v":2,"type":"heartbeat"}']) {
    const link = await agent.connect(url);
    await link.receive("welcome");
    link.sendRaw(frame);
    await eventually(() => link.closed === 4400, `the link is closed after ${frame}`);
  }
});

test("F14: every database connection may break: the orchestrators find each other again", async () => {
  const [one, two] = [await installation.start(), await installation.start()];
  const client = await installation.client(one.url);
  const agent = await enrol(client, one.url);
  const link = await agent.connect(two.url);
  await link.receive("welcome");
  await installation.breakConnections();
  await eventually(
    async () =>
      await start(client, agent).then(
        () => true,
        () => false,
      ),
    "the API answers again",
  );
  const job = await link.job();
  await client.call("cancelExecution", { params: { execution_id: job.execution_id } });
  expect((await link.receive("cancel")).execution_id).toBe(job.execution_id);
});

test("F16: half-open connections to the database are given up, and work goes on over new ones", async () => {
  const { database } = installation.settings();
  const network = await TcpProxy.open([database.port]);
  onTestFinished(() => network.close());
  const other = await installation.start();
  installation.with = { database: { ...database, port: network.port } };
  const cutOff = await installation.start({ ...standing, silenceMs: 1_000 });
  installation.with = {};
  const client = await installation.client(other.url);
  const agent = await enrol(client, other.url);
  const link = await agent.connect(cutOff.url);
  await link.receive("welcome");
  network.strand();
  const execution_id = await start(client, agent);
  const job = await link.job();
  expect(job.execution_id).toBe(execution_id);
  link.finish(job, 0, 0);
  await eventually(async () => (await overall(client, execution_id)) === "succeeded", "it succeeds");
});

test("F17: what the database gives up for the sake of something else is done again, and nobody notices", async () => {
  const { url } = await installation.start(standing);
  const client = await installation.client(url);
  const agent = await enrol(client, url);
  const link = await agent.connect(url);
  await link.receive("welcome");
  await installation.query(`
    create sequence changes;
    create function give_up() returns trigger language plpgsql as $$
      declare change bigint := nextval('changes');
      begin
        if change % 20 = 0 then raise exception using errcode = '40001'; end if;
        if change % 20 = 10 then raise exception using errcode = '40P01'; end if;
        return null;
      end $$;
    create trigger give_up after insert or update on execution_targets for each statement execute function give_up()`);
  for (let done = 0; done < 20; done++) {
    const execution_id = await start(client, agent);
    const job = await link.job();
    link.output(job, 1, "a line");
    link.finish(job, 0, 1);
    await link.receive("settled");
    expect(await overall(client, execution_id)).toBe("succeeded");
  }
  expect(link.closed).toBeUndefined();
  await installation.query("drop trigger give_up on execution_targets");
});

test("F4: locks of an orchestrator that is gone in the middle of a transaction are gone soon, and its agents are welcome elsewhere", async () => {
  const { database } = installation.settings();
  const network = await TcpProxy.open([database.port]);
  const databases = openDatabases(database, () => {});
  onTestFinished(() => network.close());
  const other = await installation.start(standing);
  installation.with = { database: { ...database, port: network.port } };
  const cutOff = await installation.start({ ...standing, standstillMs: 2_000 });
  installation.with = {};
  const client = await installation.client(other.url);
  const agent = await enrol(client, other.url);
  const first = await agent.connect(other.url);
  await first.receive("welcome");
  const execution_id = await start(client, agent);
  await first.job();
  await first.drop();
  await eventually(async () => (await overall(client, execution_id)) === "unreachable", "it is unreachable");
  const holding = await databases.system.startTransaction().execute();
  const work = holding.selectFrom("execution_targets").select("state").where("execution_id", "=", execution_id);
  await work.forUpdate().execute();
  // The orchestrator has the server, and waits for what is open of it.
  await agent.connect(cutOff.url);
  await eventually(async () => {
    const waiting = "wait_event = 'transactionid' and datname = current_database()";
    return (await installation.rows(`select from pg_stat_activity where ${waiting}`, "*")).length > 0;
  }, "it waits in the middle of a transaction");
  network.strand();
  await holding.rollback().execute();
  await databases.close();
  const link = await agent.connect(other.url);
  await link.receive("welcome");
  expect((await link.job()).execution_id).toBe(execution_id);
});

test("F32: agents that all come at once leave the database to others, too, and are all welcome in their turn", async () => {
  const { url } = await installation.start(standing);
  const client = await installation.client(url);
  const agents = await Promise.all(Array.from({ length: CROWD }, () => enrol(client, url)));
  const databases = openDatabases(installation.settings().database, () => {});
  const holding = await databases.system.startTransaction().execute();
  await holding.selectFrom("servers").select("server_id").forUpdate().execute();
  const links = await Promise.all(agents.map((agent) => agent.connect(url)));
  await eventually(async () => {
    const waiting = "wait_event_type = 'Lock' and datname = current_database()";
    return (await installation.rows(`select from pg_stat_activity where ${waiting}`, "*")).length > 1;
  }, "they have begun to come");
  const { items } = await client.call("listServers", { query: { limit: 1 } });
  expect(items).toHaveLength(1);
  await holding.rollback().execute();
  await databases.close();
  for (const link of links) await link.receive("welcome");
});
