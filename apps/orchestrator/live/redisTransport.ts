import { createClient } from "@redis/client";
import type { Logger } from "pino";
import type { RedisSettings } from "../settings.ts";
import { CHANNEL, type Transport } from "./bus.ts";

/** How long to wait for Redis, in milliseconds: what goes over it may be lost, so nobody waits long. */
const CONNECT_TIMEOUT_MS = 2_000;
const MAX_RECONNECT_MS = 2_000;

/** Publish/subscribe of Redis: keeps the chatter of many replicas away from the database. */
export class RedisTransport implements Transport {
  readonly #publisher;
  readonly #subscriber;

  constructor({ host, port, password }: RedisSettings, log: Logger) {
    this.#publisher = createClient({
      password,
      // What cannot be sent now is not worth sending later.
      disableOfflineQueue: true,
      socket: {
        host,
        port,
        connectTimeout: CONNECT_TIMEOUT_MS,
        reconnectStrategy: (retries) => Math.min(100 * 2 ** retries, MAX_RECONNECT_MS),
      },
    });
    this.#subscriber = this.#publisher.duplicate({ disableOfflineQueue: false });
    for (const client of [this.#publisher, this.#subscriber]) {
      client.on("error", (error: Error) => log.warn({ error: error.message }, "the connection to Redis broke"));
    }
  }

  /** Does not wait for Redis: an orchestrator starts, and works, without it. */
  async open(receive: (message: string) => void): Promise<void> {
    const opening = [
      this.#publisher.connect(),
      this.#subscriber.connect().then((subscriber) => subscriber.subscribe(CHANNEL, receive)),
    ];
    // A client that was closed while it was still trying to connect has nothing left to say.
    for (const opened of opening) opened.catch(() => undefined);
  }

  async send(messages: readonly string[]): Promise<void> {
    await Promise.all(messages.map((message) => this.#publisher.publish(CHANNEL, message)));
  }

  async close(): Promise<void> {
    this.#publisher.destroy();
    this.#subscriber.destroy();
  }
}
