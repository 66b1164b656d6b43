import { EventEmitter } from "node:events";
import { Client } from "pg";
import type { Logger } from "pino";
import { z } from "zod";
import { connectionConfig } from "../database/database.ts";
import type { DatabaseSettings } from "../settings.ts";

/**
 * What one part of the orchestrator, here or in another replica, tells the others. A hint carries no truth: whoever
 * gets one looks into the database. A lost hint costs time (until the next poll), never correctness.
 */
export const Hint = z.discriminatedUnion("kind", [
  /** There may be work for a dispatcher. */
  z.object({ kind: z.literal("work") }),
  /** The state or the output of an execution has grown. */
  z.object({ kind: z.literal("execution"), execution_id: z.string() }),
  /** A server has something to be cancelled, or was deleted: whoever holds its link looks. */
  z.object({ kind: z.literal("server"), server_id: z.string() }),
]);
export type Hint = z.infer<typeof Hint>;

const CHANNEL = "homeslice";
/** Hints within this time go out as one message, each once: milliseconds. */
const COALESCE_MS = 20;
const REOPEN_MS = 1_000;

/** Spreads hints: at once within this process, by LISTEN/NOTIFY to the other replicas. */
export class Bus {
  readonly #events = new EventEmitter({ captureRejections: false }).setMaxListeners(0);
  readonly #settings: DatabaseSettings;
  readonly #log: Logger;
  readonly #origin: string;
  readonly #outgoing = new Set<string>();
  #client: Client | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  /** @param origin identity of this replica, by which it knows its own messages */
  constructor(settings: DatabaseSettings, origin: string, log: Logger) {
    this.#settings = settings;
    this.#origin = origin;
    this.#log = log;
  }

  /** Connects; afterwards a broken connection is renewed until `close`. */
  async open(): Promise<void> {
    const client = new Client(connectionConfig(this.#settings));
    // Once it is connected, an error is followed by its end; before that, by the failure of `connect`.
    client.on("error", (error) => this.#log.warn({ error: error.message }, "the connection of the bus broke"));
    await client.connect();
    client.on("end", () => this.#reopen());
    client.on("notification", ({ payload }) => this.#receive(payload ?? ""));
    await client.query(`listen ${CHANNEL}`);
    this.#client = client;
  }

  publish(hint: Hint): void {
    this.#events.emit("hint", hint);
    this.#outgoing.add(JSON.stringify(hint));
    this.#timer ??= setTimeout(() => this.#flush(), COALESCE_MS);
  }

  /** @returns the function that ends the subscription */
  subscribe(listener: (hint: Hint) => void): () => void {
    this.#events.on("hint", listener);
    return () => this.#events.off("hint", listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#client?.end();
  }

  #flush(): void {
    this.#timer = undefined;
    const hints = [...this.#outgoing];
    this.#outgoing.clear();
    const messages = hints.map((hint) => `${this.#origin} ${hint}`);
    this.#client?.query("select pg_notify($1, message) from unnest($2::text[]) message", [CHANNEL, messages]).catch(
      // The other replicas find out when they poll.
      (error: Error) => this.#log.warn({ error: error.message }, "a hint to the other replicas was lost"),
    );
  }

  #receive(payload: string): void {
    const space = payload.indexOf(" ");
    if (payload.slice(0, space) === this.#origin) return;
    this.#events.emit("hint", Hint.parse(JSON.parse(payload.slice(space + 1))));
  }

  #reopen(): void {
    this.#client = undefined;
    if (this.#closed) return;
    this.open().then(
      // Whatever was said in between went unheard.
      () => this.#events.emit("hint", { kind: "work" }),
      () => setTimeout(() => this.#reopen(), REOPEN_MS).unref(),
    );
  }
}
