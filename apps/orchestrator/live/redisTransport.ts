import type { Logger } from "pino";
import { openRedis } from "../redis.ts";
import type { RedisSettings } from "../settings.ts";
import { CHANNEL, type Transport } from "./bus.ts";

/** Publish/subscribe of Redis: keeps the chatter of many replicas away from the database. */
export class RedisTransport implements Transport {
  readonly #publisher;
  readonly #subscriber;

  /** @param silenceMs as for `openRedis` */
  constructor(settings: RedisSettings, log: Logger, silenceMs?: number) {
    this.#publisher = openRedis(settings, log, silenceMs);
    this.#subscriber = this.#publisher.duplicate({ disableOfflineQueue: false });
    this.#subscriber.on("error", (error: Error) => log.warn({ error: error.message }, "the connection to Redis broke"));
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
