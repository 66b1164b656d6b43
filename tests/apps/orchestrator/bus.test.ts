import { randomUUID } from "node:crypto";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Bus, type Hint } from "../../../apps/orchestrator/live/bus.ts";
import { PostgresTransport } from "../../../apps/orchestrator/live/postgresTransport.ts";
import { RedisTransport } from "../../../apps/orchestrator/live/redisTransport.ts";
import { eventually } from "../../support/eventually.ts";
import { TestRedis } from "../../support/redis.ts";
import { TcpProxy } from "../../support/tcpProxy.ts";
import { Installation } from "./harness.ts";
import { TestAgent } from "./testAgent.ts";

const redis = await TestRedis.find();
const missing = "missing" in redis ? redis.missing : undefined;
const silent = pino({ level: "silent" });
let installation: Installation;

beforeAll(async () => {
  installation = await Installation.create();
  if ("missing" in redis) return;
  await redis.start();
  installation.redis = redis;
});

afterAll(async () => {
  await installation.destroy();
  if (!("missing" in redis)) await redis.kill();
});

test("a hint reaches the other replicas over Redis, once, and its own replica at once", async ({ skip }) => {
  if ("missing" in redis) return skip(missing);
  const [one, two] = [randomUUID(), randomUUID()].map((id) => new Bus(new RedisTransport(redis, silent), id, silent));
  if (one === undefined || two === undefined) throw new Error("no bus");
  const heard: Record<"one" | "two", Hint[]> = { one: [], two: [] };
  one.subscribe((hint) => heard.one.push(hint));
  two.subscribe((hint) => heard.two.push(hint));
  await Promise.all([one.open(), two.open()]);
  await eventually(() => {
    one.publish({ kind: "work" });
    return heard.two.length > 0;
  }, "the replicas are connected");
  heard.one.length = 0;
  const hint: Hint = { kind: "execution", execution_id: randomUUID() };
  one.publish(hint);
  one.publish(hint);
  expect(heard.one).toEqual([hint, hint]);
  const received = () => heard.two.filter(({ kind }) => kind === "execution");
  await eventually(() => received().length > 0, "the other replica hears it");
  expect(received()).toEqual([hint]);
  await Promise.all([one.close(), two.close()]);
});

/** How long a transport may hear nothing in these tests. */
const SILENCE_MS = 500;
const overPostgres = () => {
  const { database } = installation.settings();
  const open = (port: number) => new PostgresTransport({ ...database, port }, SILENCE_MS, silent);
  return { port: database.port, open };
};
const overRedis = () => {
  if ("missing" in redis) return redis;
  return { port: redis.port, open: (port: number) => new RedisTransport({ ...redis, port }, silent, SILENCE_MS) };
};

test.for([
  ["the database", overPostgres],
  ["Redis", overRedis],
] as const)(
  "F16: a half-open connection to %s is given up, and hints come and go over another one",
  async ([, over], { skip }) => {
    const transport = over();
    if ("missing" in transport) return skip(transport.missing);
    const network = await TcpProxy.open([transport.port]);
    const cutOff = new Bus(transport.open(network.port), randomUUID(), silent);
    const other = new Bus(transport.open(transport.port), randomUUID(), silent);
    await Promise.all([cutOff.open(), other.open()]);
    const isHeard = async (from: Bus, to: Bus) => {
      let heard = 0;
      const unsubscribe = to.subscribe(() => heard++);
      await eventually(() => {
        from.publish({ kind: "work" });
        return heard > 0;
      }, "the other one hears");
      unsubscribe();
    };
    await isHeard(other, cutOff);
    network.strand();
    await isHeard(other, cutOff);
    await isHeard(cutOff, other);
    await Promise.all([cutOff.close(), other.close()]);
    network.close();
  },
);

test("hints that come while others are on their way go after them, together", async () => {
  const sent: (readonly string[])[] = [];
  const first = Promise.withResolvers<void>();
  const transport = {
    open: async () => {},
    close: async () => {},
    send: async (messages: readonly string[]) => {
      sent.push(messages);
      if (sent.length === 1) await first.promise;
    },
  };
  const bus = new Bus(transport, "one", silent);
  bus.publish({ kind: "work" });
  await eventually(() => sent.length === 1, "the first is on its way");
  bus.publish({ kind: "cancel" });
  bus.publish({ kind: "work" });
  first.resolve();
  await eventually(() => sent.length === 2, "the others follow");
  expect(sent).toEqual([['one {"kind":"work"}'], ['one {"kind":"cancel"}', 'one {"kind":"work"}']]);
  await bus.close();
});

test("F23: orchestrators start, and work is done, while Redis is gone; with it, they hear of each other again", async ({
  skip,
}) => {
  if ("missing" in redis) return skip(missing);
  await redis.kill();
  const [one, two] = [await installation.start(), await installation.start()];
  const client = await installation.client(one.url);
  const { enrolment_token } = await client.call("registerServer", { body: { hostname: "box" } });
  const agent = await TestAgent.enrol(one.url, enrolment_token);
  const link = await agent.connect(two.url);
  await link.receive("welcome");
  const run = async () => {
    const body = { operation: { type: "shell_command" as const, argv: ["true"] satisfies [string] } };
    await client.call("startServerExecution", { params: { server_id: agent.serverId }, body });
    const job = await link.job();
    link.finish(job, 0, 0);
    await link.receive("settled");
    return (await client.call("getExecution", { params: { execution_id: job.execution_id } })).status.overall;
  };
  expect(await run()).toBe("succeeded");
  await redis.start();
  expect(await run()).toBe("succeeded");
});
