import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { connect, type Socket } from "node:net";
import type { Client } from "@homeslice/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Installation, type OrchestratorDaemon } from "../../rig/installation.ts";
import { eventually } from "../../support/eventually.ts";

/** Descriptors that are left to an orchestrator, and connections that want one each. */
const SPARE = 20;
const CROWD = 200;

let installation: Installation;
let orchestrator: OrchestratorDaemon;

beforeAll(async () => {
  installation = await Installation.open();
  orchestrator = await installation.orchestrator("orchestrator");
  await orchestrator.start();
});

afterAll(async () => await installation.close());

const HOUR_MS = 3_600_000;
const KILLS = 3;
const SCHEDULES = 8;
const HOURS = 9;

/** Schedules of every hour that nobody served for nine: each is made up for by a start for each hour. @returns since when */
async function fallDue(client: Client, target: string): Promise<Map<string, number>> {
  const operation = { type: "shell_command" as const, argv: ["true"] satisfies [string] };
  const timing = { type: "cron" as const, expression: "0 * * * *" };
  const every = { timing, catch_up: "all" as const, overlap: "allow" as const };
  const body = { ...every, execution: { operation, target_servers: [target] } };
  const made = Array.from({ length: SCHEDULES }, () =>
    client.call("createSchedule", { body: { ...body, name: crypto.randomUUID() } }),
  );
  const ids = (await Promise.all(made)).map(({ schedule_id }) => schedule_id);
  const since = (Math.floor(Date.now() / HOUR_MS) - HOURS) * HOUR_MS;
  const due = "update schedules set next_at = $1, due_at = $1 where schedule_id = any($2::uuid[])";
  await installation.query(due, [new Date(since), ids]);
  return new Map(ids.map((id) => [id, since]));
}

/** Lets each start take so long that one alone has not done all before the other one looks. */
async function slowDown(): Promise<void> {
  await installation.query(`create function wait() returns trigger language plpgsql as
    'begin perform pg_sleep(0.025); return new; end'`);
  await installation.query("create trigger slow before insert on schedule_fires for each row execute function wait()");
}

/** Ports of the clients that have written in a transaction what a schedule started, and not committed it. */
async function starting(): Promise<number[]> {
  const rows = await installation.query<{ client_port: number }>(
    `select client_port from pg_stat_activity join pg_locks using (pid)
     where relation = 'schedule_fires'::regclass and mode = 'RowExclusiveLock'`,
  );
  return rows.map(({ client_port }) => client_port);
}

/** Ports of this machine that a process holds, which does not move meanwhile. */
function portsOf(pid: number): number[] {
  const files = `/proc/${pid}/fd`;
  const held = new Set(readdirSync(files).map((name) => readlinkSync(`${files}/${name}`)));
  const sockets = readFileSync("/proc/net/tcp", "utf8").trim().split("\n").slice(1);
  return sockets.flatMap((line) => {
    const [, local = "", , , , , , , , inode] = line.trim().split(/\s+/);
    return held.has(`socket:[${inode}]`) ? [Number.parseInt(local.split(":")[1] ?? "", 16)] : [];
  });
}

const due = async () => (await installation.query("select from schedules where due_at <= now()")).length;

/** Kills one of them when each has a start under way, and some are done. @returns it, undefined when all were done before */
async function killWithin(orchestrators: readonly OrchestratorDaemon[]): Promise<OrchestratorDaemon | undefined> {
  let hit: OrchestratorDaemon | undefined;
  await eventually(async () => {
    const left = await due();
    if (left > SCHEDULES / 2 || (await starting()).length < orchestrators.length) return left === 0;
    for (const each of orchestrators) {
      each.signal("SIGSTOP");
      const ports = portsOf(each.pid);
      hit = (await starting()).some((port) => ports.includes(port)) ? each : undefined;
      if (hit !== undefined) break;
      each.signal("SIGCONT");
    }
    return hit !== undefined;
  }, "all are in the middle of a start, or have done everything");
  await hit?.end("SIGKILL");
  return hit;
}

interface Fired {
  readonly schedule_id: string;
  readonly times: readonly Date[];
  readonly executions: readonly string[];
  readonly next_at: Date;
}

test("each due time of a schedule fires once and none is lost, however often one of two orchestrators is killed in the middle of it", async () => {
  const both = [orchestrator, await installation.orchestrator("other")] as const;
  await both[1].start();
  await slowDown();
  const client = await installation.client(both[1].url);
  const { server } = await client.call("registerServer", { body: { hostname: "box" } });
  const since = new Map<string, number>();
  for (let kills = 0; kills < KILLS; ) {
    for (const [id, time] of await fallDue(client, server.server_id)) since.set(id, time);
    const killed = await killWithin(kills % 2 === 0 ? both : both.toReversed());
    if (killed === undefined) continue;
    kills++;
    await eventually(async () => (await due()) === 0, "the other one starts what is due");
    await killed.start();
  }
  const fired = await installation.query<Fired>(
    `select schedule_id, next_at, array_agg(scheduled_at order by scheduled_at) as times,
       array_agg(execution_id::text) filter (where outcome = 'started') as executions
     from schedules join schedule_fires using (schedule_id) group by schedule_id`,
  );
  const hours = ({ times }: Pick<Fired, "times">) => times.map((time) => time.toISOString());
  expect(new Map(fired.map((each) => [each.schedule_id, hours(each)]))).toEqual(
    new Map(fired.map(({ schedule_id, next_at }) => [schedule_id, hoursUntil(next_at, since.get(schedule_id))])),
  );
  expect(fired).toHaveLength(since.size);
  const told = fired.flatMap(({ executions }) => executions);
  const made = await installation.query("select execution_id::text from executions");
  expect(made.map(({ execution_id }) => execution_id).toSorted()).toEqual(told.toSorted());
  await both[1].end("SIGTERM");
}, 180_000);

/** Every hour from the first on, up to the next one that is to come. */
function hoursUntil(next: Date, first = 0): string[] {
  const count = (next.getTime() - first) / HOUR_MS;
  return Array.from({ length: count }, (_, hour) => new Date(first + hour * HOUR_MS).toISOString());
}

test("F8: an orchestrator without a descriptor left does not die of it, and serves again when there are some", async ({
  skip,
}) => {
  const { status, stderr } = spawnSync("sh", [
    "-c",
    'exec prlimit --pid "$0" --nofile="$(($(ls "/proc/$0/fd" | wc -l) + $1))"',
    String(orchestrator.pid),
    String(SPARE),
  ]);
  if (status !== 0) return skip(`prlimit cannot be used: ${String(stderr)}`);
  const client = await installation.client(orchestrator.url, 2_000);
  const { pid } = orchestrator;
  const sockets = Array.from({ length: CROWD }, () => holdOpen(new URL(orchestrator.url).port));
  const turnedAway = () => sockets.filter(({ closed }) => closed).length;
  await eventually(() => turnedAway() >= CROWD - 2 * SPARE, "there are none left for most of the crowd");
  for (const socket of sockets) socket.destroy();
  const answers = () => client.call("registerServer", { body: { hostname: "after" } }).then(Boolean, () => false);
  await eventually(answers, "it serves again");
  expect(orchestrator.isRunning).toBe(true);
  expect(orchestrator.pid).toBe(pid);
});

function holdOpen(port: string): Socket {
  const socket = connect(Number(port), "127.0.0.1");
  socket.on("error", () => socket.destroy());
  return socket;
}
