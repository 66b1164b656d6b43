import { openDatabases } from "@homeslice/orchestrator/database/tenancy.ts";
import { type RawBuilder, sql } from "kysely";
import { afterAll, expect, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { startInstallation } from "./harness.ts";
import { status, TestAgent } from "./testAgent.ts";

// Who waits for whom in the database: with hundreds of agents at work, whoever waits holds up all of them.

const { installation, url, client } = await startInstallation();

const operation = { type: "shell_command" as const, argv: ["true"] satisfies [string] };

async function connected() {
  const { enrolment_token } = await client.call("registerServer", { body: { hostname: "busy" } });
  const agent = await TestAgent.enrol(url, enrolment_token);
  const link = await agent.connect(url);
  await link.receive("welcome");
  const params = { server_id: agent.serverId };
  return { link, params, server: async () => await client.call("getServer", { params }) };
}

const databases = openDatabases(installation.settings().database, () => {});
afterAll(() => databases.close());

/** Something goes on while a transaction has done a statement. */
async function during(statement: RawBuilder<unknown>, work: () => Promise<void>): Promise<void> {
  await databases.system.transaction().execute(async (transaction) => {
    await statement.execute(transaction);
    await work();
  });
}

test("work is taken, begins and ends while a heartbeat of its server is being written", async () => {
  const { link, params, server } = await connected();
  const heartbeat = sql`update servers set last_heartbeat = now() where server_id = ${params.server_id}`;
  await during(heartbeat, async () => {
    const { execution_id } = await client.call("startServerExecution", { params, body: { operation } });
    const attempt = await link.job();
    link.send({ type: "accepted", execution_id, fence: attempt.fence });
    link.send({ type: "started", execution_id, fence: attempt.fence, started_at: new Date().toISOString() });
    link.finish(attempt, 0, 0);
    await link.receive("settled");
    const { status } = await client.call("getExecution", { params: { execution_id } });
    expect(status.overall).toBe("succeeded");
  });
  const { metadata } = await server();
  expect(Date.parse(metadata.last_successful_execution ?? "")).toBeGreaterThan(Date.parse(metadata.created_at));
});

test("a heartbeat is written while somebody starts work on its server", async () => {
  const { link, params, server } = await connected();
  const before = (await server()).status.last_heartbeat;
  // As the rows of an execution refer to it, until they are committed.
  const referred = sql`select from servers where server_id = ${params.server_id} for key share`;
  await during(referred, async () => {
    link.send({ type: "heartbeat", status });
    await eventually(async () => (await server()).status.last_heartbeat !== before, "it is noted");
  });
});
