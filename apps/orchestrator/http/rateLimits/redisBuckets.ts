import { setTimeout } from "node:timers/promises";
import type { Logger } from "pino";
import { z } from "zod";
import { openRedis } from "../../redis.ts";
import type { RedisSettings } from "../../settings.ts";
import type { Demand, SharedBuckets, Shortage } from "./rateLimits.ts";

/** A request waits no longer for Redis than this, in milliseconds. */
const TIMEOUT_MS = 100;
const PREFIX = "homeslice:rate:";

/**
 * Takes one from each bucket, by the clock of Redis, the only one that all orchestrators share. Answers which one is
 * empty, counted from 1, and the milliseconds until it is not. A bucket that would be full again is forgotten.
 */
const TAKE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for place, key in ipairs(KEYS) do
  local burst, rate = tonumber(ARGV[2 * place - 1]), tonumber(ARGV[2 * place])
  local bucket = redis.call('HMGET', key, 'level', 'at')
  local level = tonumber(bucket[1]) or burst
  level = math.min(burst, level + math.max(0, now - (tonumber(bucket[2]) or now)) * rate)
  if level < 1 then return { place, math.ceil((1 - level) / rate) } end
  redis.call('HSET', key, 'level', level - 1, 'at', now)
  redis.call('PEXPIRE', key, math.ceil(burst / rate))
end
return { 0, 0 }`;

const Answer = z.tuple([z.int(), z.int()]);

/** Token buckets in Redis, for several orchestrators as one. */
export class RedisBuckets implements SharedBuckets {
  readonly #client;

  constructor(settings: RedisSettings, log: Logger) {
    this.#client = openRedis(settings, log);
    // One that was closed while it was still trying to connect has nothing left to say.
    this.#client.connect().catch(() => undefined);
  }

  async take(demands: readonly Demand[]): Promise<Shortage | undefined> {
    const keys = demands.map(({ kind, of }) => `${PREFIX}${kind}:${of}`);
    const rates = demands.flatMap(({ burst, perSeconds }) => [burst, burst / perSeconds / 1_000].map(String));
    const [place, milliseconds] = Answer.parse(
      await inTime(this.#client.eval(TAKE, { keys, arguments: rates }), TIMEOUT_MS),
    );
    return place === 0 ? undefined : { place: place - 1, seconds: milliseconds / 1_000 };
  }

  close(): void {
    this.#client.destroy();
  }
}

async function inTime<T>(promise: Promise<T>, milliseconds: number): Promise<T> {
  const answered = new AbortController();
  const late = setTimeout(milliseconds, undefined, { signal: answered.signal }).then(() => {
    throw new Error(`Redis did not answer within ${milliseconds} ms`);
  });
  // Whichever comes second is of no interest any more.
  for (const either of [promise, late]) either.catch(() => undefined);
  try {
    return await Promise.race([promise, late]);
  } finally {
    answered.abort();
  }
}
