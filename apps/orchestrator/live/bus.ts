import { EventEmitter } from "node:events";
import type { Logger } from "pino";
import { z } from "zod";

/**
 * What one part of the orchestrator, here or in another replica, tells the others. A hint carries no truth: whoever
 * gets one looks into the database. A lost hint costs time (until the next poll), never correctness.
 */
export const Hint = z.discriminatedUnion("kind", [
  /** There may be work for a dispatcher, or room for it: on these servers, or, without them, anywhere. */
  z.object({ kind: z.literal("work"), server_ids: z.array(z.string()).readonly().optional() }),
  /** The state or the output of an execution has grown. */
  z.object({ kind: z.literal("execution"), execution_id: z.string() }),
  /** A run of a workflow has moved on. */
  z.object({ kind: z.literal("run"), run_id: z.string() }),
  /** There is something to be cancelled. */
  z.object({ kind: z.literal("cancel") }),
  /** A server was deleted: whoever holds its link looks. */
  z.object({ kind: z.literal("server"), server_id: z.string() }),
]);
export type Hint = z.infer<typeof Hint>;

/** Servers that one hint names, at most: PostgreSQL carries messages of less than 8,000 bytes. */
const MAX_NAMED = 100;

/** That there is new work on some servers. */
export function workOn(serverIds: readonly string[]): Hint {
  if (serverIds.length > MAX_NAMED) return { kind: "work" };
  return { kind: "work", server_ids: serverIds };
}

/** Carries messages between replicas, as far as it can. */
export interface Transport {
  /** Connects; a connection that breaks later is renewed until `close`. @param receive takes every message */
  open(receive: (message: string) => void): Promise<void>;
  /** @throws when the messages cannot be sent now */
  send(messages: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** The name that messages between replicas go by. */
export const CHANNEL = "homeslice";
/** Hints within this time go out as one message, each once: milliseconds. */
const COALESCE_MS = 20;

/** Spreads hints: at once within this process, by its transport to the other replicas. */
export class Bus {
  readonly #events = new EventEmitter().setMaxListeners(0);
  readonly #transport: Transport;
  readonly #log: Logger;
  readonly #origin: string;
  readonly #outgoing = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  /** @param origin identity of this replica, by which it knows its own messages */
  constructor(transport: Transport, origin: string, log: Logger) {
    this.#transport = transport;
    this.#origin = origin;
    this.#log = log;
  }

  async open(): Promise<void> {
    await this.#transport.open((message) => this.#receive(message));
  }

  publish(hint: Hint): void {
    this.#events.emit("hint", hint);
    this.#outgoing.add(JSON.stringify(hint));
    this.#timer ??= this.#flushLater();
  }

  /** @returns the function that ends the subscription */
  subscribe(listener: (hint: Hint) => void): () => void {
    this.#events.on("hint", listener);
    return () => this.#events.off("hint", listener);
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#outgoing.clear();
    await this.#transport.close();
  }

  #flushLater(): NodeJS.Timeout {
    return setTimeout(() => void this.#flush(), COALESCE_MS);
  }

  /** What comes while messages are on their way goes after them. */
  async #flush(): Promise<void> {
    const messages = [...this.#outgoing].map((hint) => `${this.#origin} ${hint}`);
    this.#outgoing.clear();
    try {
      await this.#transport.send(messages);
    } catch (error) {
      // The other replicas find out when they poll.
      this.#log.warn({ err: error }, "hints to the other replicas were lost");
    }
    this.#timer = this.#outgoing.size > 0 ? this.#flushLater() : undefined;
  }

  #receive(message: string): void {
    const space = message.indexOf(" ");
    if (message.slice(0, space) === this.#origin) return;
    // A newer replica may have hints that this one knows nothing of.
    const hint = Hint.safeParse(JSON.parse(message.slice(space + 1)));
    if (hint.success) this.#events.emit("hint", hint.data);
  }
}
