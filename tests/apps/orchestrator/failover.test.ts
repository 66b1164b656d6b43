import { appendFileSync, chmodSync, cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Client } from "@homeslice/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { POSTGRES_ENV, preparePostgres } from "../../../cli/local/postgres/index.ts";
import { freePort } from "../../../cli/process/freePort.ts";
import { Daemon } from "../../rig/daemon.ts";
import { Installation, type OrchestratorDaemon } from "../../rig/installation.ts";
import { eventually } from "../../support/eventually.ts";
import { TcpProxy } from "../../support/tcpProxy.ts";

const SEGMENT_BYTES = 16 * 1_024 * 1_024;
/** Nothing is flushed but what somebody waits for. */
const LAZY = { wal_writer_delay: "10s", wal_writer_flush_after: "1GB" };

let installation: Installation;
let network: TcpProxy;
let orchestrator: OrchestratorDaemon;
let client: Client;
let serverId: string;

beforeAll(async () => {
  installation = await Installation.open({ postgres: LAZY });
  network = await TcpProxy.open([installation.postgresPort]);
  orchestrator = await installation.orchestrator("orchestrator", { HOMESLICE_DATABASE_PORT: String(network.port) });
  await orchestrator.start();
  client = await installation.client(orchestrator.url);
  serverId = (await client.call("registerServer", { body: { hostname: "box" } })).server.server_id;
}, 120_000);

afterAll(async () => {
  network.close();
  await installation.close();
});

const dataOf = (name: string) => installation.path(`${name}/postgresql`);

async function start(): Promise<string> {
  const body = { operation: { type: "shell_command" as const, argv: ["true"] satisfies [string] } };
  const params = { server_id: serverId };
  return (await client.call("startServerExecution", { params, body })).execution_id;
}

const isThere = async (execution_id: string) =>
  await client.call("getExecution", { params: { execution_id } }).then(
    ({ status }) => status.overall === "queued",
    () => false,
  );

const isReady = async () => (await fetch(`${orchestrator.url}/readyz`)).ok;

/** Makes every connection of the orchestrator to the database a new one. */
function moveTo(port: number): void {
  network.aim([port]);
  network.cut();
}

/** Overwrites what was written to the log of PostgreSQL after a place in it, as if it had only been in memory. */
function forgetAfter(directory: string, flushed: { readonly file: string; readonly offset: number }): void {
  const wal = join(directory, "pg_wal");
  for (const file of readdirSync(wal).filter((name) => /^[\dA-F]{24}$/.test(name) && name >= flushed.file)) {
    const bytes = readFileSync(join(wal, file));
    writeFileSync(join(wal, file), bytes.fill(0, file === flushed.file ? flushed.offset : 0, SEGMENT_BYTES));
  }
}

test("F20: what was acknowledged is there after a crash that takes all that was not flushed", async () => {
  const acknowledged = await start();
  const [flushed] = await installation.query<{ file: string; offset: number }>(
    `select (pg_walfile_name_offset(lsn)).file_name as file, (pg_walfile_name_offset(lsn)).file_offset as offset
     from pg_current_wal_flush_lsn() lsn`,
  );
  await installation.postgres.end("SIGKILL");
  forgetAfter(dataOf("database"), flushed ?? { file: "", offset: 0 });
  await installation.postgres.start();
  await eventually(() => isThere(acknowledged), "what was acknowledged is there");
}, 120_000);

/** Another instance that holds what the first one does; the first one waits for it with each commit. */
async function addStandby(): Promise<Daemon & { readonly port: number }> {
  await installation.postgres.end("SIGINT");
  cpSync(dataOf("database"), dataOf("standby"), { recursive: true });
  chmodSync(dataOf("standby"), 0o700);
  appendFileSync(join(dataOf("database"), "pg_hba.conf"), "host replication postgres 127.0.0.1/32 trust\n");
  const primary = `host=127.0.0.1 port=${installation.postgresPort} user=postgres`;
  writeFileSync(join(dataOf("standby"), "standby.signal"), "");
  appendFileSync(join(dataOf("standby"), "postgresql.auto.conf"), `primary_conninfo = '${primary}'\n`);
  await installation.postgres.start();
  const port = await freePort();
  const prepared = await preparePostgres(dataOf("standby"), { name: "homeslice", password: "" });
  const { file, args, user } = prepared.command(port);
  const standby = new Daemon(
    {
      name: "standby",
      prepare: async () => ({ file, args, options: { ...user, env: POSTGRES_ENV, cwd: "/" } }),
      isReady: prepared.isAccepting,
      log: installation.path("standby.log"),
    },
    installation.guard,
  );
  await standby.start();
  appendFileSync(join(dataOf("database"), "postgresql.auto.conf"), "synchronous_standby_names = '*'\n");
  installation.postgres.signal("SIGHUP");
  return Object.assign(standby, { port });
}

test("F19, F13: decides nothing by a standby; a failover loses nothing; the old primary, back alone, gets no write acknowledged", async () => {
  const standby = await addStandby();
  await eventually(async () => {
    const rows = await installation.query(
      "select current_setting('synchronous_standby_names') from pg_stat_replication",
    );
    return rows.some((row) => Object.values(row).includes("*"));
  }, "the primary waits for its standby");
  await eventually(isReady, "the orchestrator has its primary");
  const acknowledged = await start();

  moveTo(standby.port);
  await eventually(async () => !(await isReady()), "a standby is no database to work with");
  await expect(start()).rejects.toMatchObject({ problem: { status: expect.any(Number) } });
  expect(await isThere(acknowledged)).toBe(false);

  installation.postgres.signal("SIGSTOP");
  writeFileSync(join(dataOf("standby"), "promote"), "");
  standby.signal("SIGUSR1");
  await eventually(isReady, "the standby is the primary now");
  expect(await isThere(acknowledged)).toBe(true);
  await start();

  installation.postgres.signal("SIGCONT");
  moveTo(installation.postgresPort);
  await eventually(isReady, "the old primary answers");
  let outcome: "acknowledged" | "refused" | undefined;
  const settle = (how: typeof outcome) => () => {
    outcome = how;
  };
  const split = start().then(settle("acknowledged"), settle("refused"));
  await eventually(async () => {
    // As a statement that takes too long is called off: PostgreSQL has committed it all the same.
    await installation.query("select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'");
    return outcome !== undefined;
  }, "the write, which no standby takes, has an answer");
  await split;
  expect(outcome).toBe("refused");
}, 120_000);
