import { Client } from "pg";
import type { Logger } from "pino";
import { connectionConfig } from "../database/database.ts";
import type { DatabaseSettings } from "../settings.ts";
import { CHANNEL, type Transport } from "./bus.ts";

const REOPEN_MS = 1_000;
/** Questions to the database in the time that it may be silent. */
const PULSES = 3;

/** LISTEN/NOTIFY of the database: needs nothing else to run, and is enough for a few replicas. */
export class PostgresTransport implements Transport {
  readonly #settings: DatabaseSettings;
  readonly #silenceMs: number;
  readonly #log: Logger;
  #client: Client | undefined;
  #receive: (message: string) => void = () => {};
  #closed = false;

  /** @param silenceMs how long the database may say nothing before the connection is given up */
  constructor(settings: DatabaseSettings, silenceMs: number, log: Logger) {
    this.#settings = settings;
    this.#silenceMs = silenceMs;
    this.#log = log;
  }

  async open(receive: (message: string) => void): Promise<void> {
    this.#receive = receive;
    const client = new Client(connectionConfig(this.#settings, this.#silenceMs));
    // Once it is connected, an error is followed by its end; before that, by the failure of `connect`.
    client.on("error", (error) => this.#log.warn({ error: error.message }, "the connection of the bus broke"));
    await client.connect();
    const pulse = setInterval(() => this.#ask(client), this.#silenceMs / PULSES);
    client.on("end", () => {
      clearInterval(pulse);
      this.#reopen();
    });
    client.on("notification", ({ payload }) => this.#receive(payload ?? ""));
    await client.query(`listen ${CHANNEL}`);
    this.#client = client;
  }

  async send(messages: readonly string[]): Promise<void> {
    if (this.#client === undefined) throw new Error("the bus has no connection to the database");
    const notify = "select pg_notify($1, message) from unnest($2::text[]) message";
    await this.#client.query(notify, [CHANNEL, messages]);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#client?.end();
  }

  /** Where nobody has anything to say, only a question shows whether the connection still stands. */
  #ask(client: Client): void {
    client.query("select 1").catch(() => undefined); // its end is heard of
  }

  #reopen(): void {
    this.#client = undefined;
    if (this.#closed) return;
    this.open(this.#receive).catch(() => setTimeout(() => this.#reopen(), REOPEN_MS).unref());
  }
}
