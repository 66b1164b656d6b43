import { RedisBuckets } from "@homeslice/orchestrator/http/rateLimits/redisBuckets.ts";
import { openRedis } from "@homeslice/orchestrator/redis.ts";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { TestRedis } from "../../support/redis.ts";
import { Installation } from "./harness.ts";

const redis = await TestRedis.find();
const missing = "missing" in redis ? redis.missing : undefined;
let installation: Installation;
const PER_SECOND = 5;
/** A user's bucket holds what refills in two seconds. */
const BURST = 2 * PER_SECOND;

beforeAll(async () => {
  installation = await Installation.create();
  if ("missing" in redis) return;
  await redis.start();
  installation.redis = redis;
  installation.with = { requestsPerSecond: PER_SECOND };
});

afterAll(async () => {
  await installation.destroy();
  if (!("missing" in redis)) await redis.kill();
});

const demand = (of: string, burst = 3) => ({ kind: "user", of, burst, perSeconds: 1_000 }) as const;

test("buckets in Redis are one for all who take from them, and say how long to wait for which", async ({ skip }) => {
  if ("missing" in redis) return skip(missing);
  const log = pino({ level: "silent" });
  const [one, two] = [new RedisBuckets(redis, log), new RedisBuckets(redis, log)];
  const answers = async (buckets: RedisBuckets) =>
    await buckets.take([demand("warm-up")]).then(
      () => true,
      () => false,
    );
  await eventually(async () => (await answers(one)) && (await answers(two)), "both are connected");
  const taken = await Promise.all(Array.from({ length: 10 }, (_, n) => (n % 2 ? one : two).take([demand("ada")])));
  expect(taken.filter((shortage) => shortage === undefined)).toHaveLength(3);
  const both = await one.take([demand("bob"), demand("ada")]);
  expect(both?.place).toBe(1);
  expect(both?.seconds).toBeGreaterThan(300);
  expect(both?.seconds).toBeLessThanOrEqual(334);
  for (const buckets of [one, two]) buckets.close();
});

test("two orchestrators hold one to one limit; without Redis each does by itself, and nobody is locked out", async ({
  skip,
}) => {
  if ("missing" in redis) return skip(missing);
  const urls = [(await installation.start()).url, (await installation.start()).url];
  /** How many of so many requests, sent to both in turn, are let in; by a user whose bucket is full; and what refilled meanwhile. */
  const admitted = async (subject: "viewer" | "operator" | "approver", count: number) => {
    const headers = { authorization: `Bearer ${await installation.token(subject)}` };
    const ask = async (_: unknown, n: number) => (await fetch(`${urls[n % 2]}/api/v1/queue`, { headers })).status;
    const began = performance.now();
    const answers = await Promise.all(Array.from({ length: count }, ask));
    const refilled = (PER_SECOND * (performance.now() - began)) / 1_000;
    expect(new Set(answers)).toEqual(new Set([200, 429]));
    return { admitted: answers.filter((status) => status === 200).length, refilled };
  };
  const together = await admitted("viewer", 100);
  expect(together.admitted).toBeGreaterThanOrEqual(BURST);
  expect(together.admitted).toBeLessThanOrEqual(BURST + together.refilled);
  expect(await Promise.all(urls.map(fallbacks))).toEqual(["0", "0"]);
  await redis.kill();
  const apart = await admitted("operator", 100);
  expect(apart.admitted).toBeGreaterThanOrEqual(2 * BURST);
  expect(apart.admitted).toBeLessThanOrEqual(2 * (BURST + apart.refilled));
  for (const url of urls) expect(Number(await fallbacks(url))).toBeGreaterThan(0);
  await redis.start();
  const inRedis = async () => {
    const before = await fallbacks(urls[0] ?? "");
    const headers = { authorization: `Bearer ${await installation.token("admin")}` };
    await fetch(`${urls[0]}/api/v1/queue`, { headers });
    return before === (await fallbacks(urls[0] ?? ""));
  };
  await eventually(inRedis, "the limits are shared again");
});

test("F25, F26: Redis that refuses to write, or has forgotten all, costs nobody a request", async ({ skip }) => {
  if ("missing" in redis) return skip(missing);
  const { url } = await installation.start();
  const headers = { authorization: `Bearer ${await installation.token("admin")}` };
  const fallsBack = async () => {
    const before = await fallbacks(url);
    expect((await fetch(`${url}/api/v1/queue`, { headers })).status).toBe(200);
    return before !== (await fallbacks(url));
  };
  const control = openRedis(redis, pino({ level: "silent" }));
  await control.connect();
  await eventually(async () => !(await fallsBack()), "the limits are shared");
  // As a replica whose primary is gone, it answers READONLY.
  await control.sendCommand(["REPLICAOF", "127.0.0.1", "1"]);
  await eventually(fallsBack, "each orchestrator keeps the limits by itself");
  await control.sendCommand(["REPLICAOF", "NO", "ONE"]);
  await eventually(async () => !(await fallsBack()), "the limits are shared again");
  await control.sendCommand(["FLUSHALL"]);
  expect(await fallsBack()).toBe(false);
  control.destroy();
});

/** How often an orchestrator decided without Redis. */
async function fallbacks(url: string): Promise<string | undefined> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return /^homeslice_rate_limit_fallbacks_total (\d+)$/m.exec(text)?.[1];
}
