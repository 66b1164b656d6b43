import { pause } from "../clock.ts";
import type { Backoff } from "./backoff.ts";
import { Connection, type ConnectionOptions } from "./connection.ts";
import type { Outgoing } from "./messages.ts";

export interface LinkOptions extends ConnectionOptions {
  readonly onDisconnected: () => void;
  readonly backoff: Backoff;
}

/** The link to the orchestrator: one connection at a time, opened again whenever it ends. */
export class Link {
  readonly #options: LinkOptions;
  readonly #closing = new AbortController();
  #connection: Connection | undefined;
  #connections = 0;
  #running: Promise<void> = Promise.resolve();

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  /** Whether the orchestrator has welcomed this agent, and the connection still stands. */
  get connected(): boolean {
    return this.#connection?.welcomed ?? false;
  }

  /** How many times the orchestrator has welcomed this agent. */
  get connections(): number {
    return this.#connections;
  }

  open(): void {
    this.#running = this.#keepConnected();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#connection?.close();
    await this.#running;
  }

  /** Sends now or not at all: what matters is in the journal, and is sent again from there. */
  send(message: Outgoing): boolean {
    return this.#connection?.send(message) ?? false;
  }

  async #keepConnected(): Promise<void> {
    const { backoff, clock, log, orchestratorUrl, onDisconnected } = this.#options;
    while (!this.#closing.signal.aborted) {
      this.#connection = new Connection({ ...this.#options, onInstruction: this.#receive });
      const reason = await this.#connection.ended;
      onDisconnected();
      if (this.#closing.signal.aborted) return;
      const milliseconds = backoff.next();
      log.warn({ reason, orchestratorUrl, retry_in_ms: Math.round(milliseconds) }, "not connected");
      await pause(clock, milliseconds, this.#closing.signal);
    }
  }

  #receive: ConnectionOptions["onInstruction"] = (message) => {
    if (message.type === "welcome") {
      this.#connections++;
      this.#options.backoff.reset();
      this.#options.log.info({ orchestratorUrl: this.#options.orchestratorUrl }, "connected");
    }
    this.#options.onInstruction(message);
  };
}
