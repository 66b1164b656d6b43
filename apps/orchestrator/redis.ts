import { createClient } from "@redis/client";
import type { Logger } from "pino";
import type { RedisSettings } from "./settings.ts";

/** How long to wait for Redis, in milliseconds: what goes over it may be lost, so nobody waits long. */
const CONNECT_TIMEOUT_MS = 2_000;
const MAX_RECONNECT_MS = 2_000;
const SILENCE_MS = 15_000;
/** Questions to Redis in the time that it may be silent. */
const PULSES = 3;

/**
 * A client of Redis that connects again by itself, and refuses at once what cannot be sent now.
 *
 * @param silenceMs how long Redis may say nothing before a connection is given up. Default: 15 s
 */
export function openRedis({ host, port, password }: RedisSettings, log: Logger, silenceMs = SILENCE_MS) {
  const client = createClient({
    password,
    disableOfflineQueue: true,
    pingInterval: silenceMs / PULSES,
    socket: {
      host,
      port,
      connectTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: silenceMs,
      reconnectStrategy: (retries) => Math.min(100 * 2 ** retries, MAX_RECONNECT_MS),
    },
  });
  client.on("error", (error: Error) => log.warn({ error: error.message }, "the connection to Redis broke"));
  return client;
}
