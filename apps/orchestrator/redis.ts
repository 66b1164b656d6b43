import { createClient } from "@redis/client";
import type { Logger } from "pino";
import type { RedisSettings } from "./settings.ts";

/** How long to wait for Redis, in milliseconds: what goes over it may be lost, so nobody waits long. */
const CONNECT_TIMEOUT_MS = 2_000;
const MAX_RECONNECT_MS = 2_000;

/** A client of Redis that connects again by itself, and refuses at once what cannot be sent now. */
export function openRedis({ host, port, password }: RedisSettings, log: Logger) {
  const client = createClient({
    password,
    disableOfflineQueue: true,
    socket: {
      host,
      port,
      connectTimeout: CONNECT_TIMEOUT_MS,
      reconnectStrategy: (retries) => Math.min(100 * 2 ** retries, MAX_RECONNECT_MS),
    },
  });
  client.on("error", (error: Error) => log.warn({ error: error.message }, "the connection to Redis broke"));
  return client;
}
