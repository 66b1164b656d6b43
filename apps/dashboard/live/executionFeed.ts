import { closeCode } from "@homeslice/protocol/closeCode.ts";
import type { Execution } from "@homeslice/protocol/executions.ts";
import type { FollowMessage, LiveMessage } from "@homeslice/protocol/live.ts";
import { LogBuffer } from "../logs/logBuffer.ts";
import { readLive } from "./readLive.ts";

const FIRST_BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 2_000;
/** How long changes are gathered before they are told: a flood of messages is at most thirty renderings a second. */
const GATHER_MS = 32;

/** What a page shows of an execution; a new object whenever anything of it changed. */
export interface FeedState {
  readonly execution: Execution | undefined;
  readonly log: LogBuffer;
  readonly connection: "connecting" | "open" | "lost" | "ended";
  /** Why the orchestrator does not show it, at least for now: one of `closeCode`, and the same in words. */
  readonly refused: { readonly code: number; readonly reason: string } | undefined;
}

/** What the feed needs of its surroundings. */
export interface FeedOptions {
  /** Address of the live view: `wss://host/ws/executions/ID`. */
  readonly url: string;
  readonly connect?: (url: string) => WebSocket;
  readonly later?: (action: () => void, milliseconds: number) => void;
  /** Told when nobody is logged in: then it waits for `resume`. */
  readonly onLoggedOut?: () => void;
}

/**
 * Follows one execution: its state and every line of its output once, over as many connections as it takes. Changes are
 * gathered by a timer and not by animation frames, which a hidden tab does not get.
 */
export class ExecutionFeed {
  readonly #options: Required<FeedOptions>;
  readonly #listeners = new Set<() => void>();
  #state: FeedState = { execution: undefined, log: new LogBuffer(), connection: "connecting", refused: undefined };
  #socket: WebSocket | undefined;
  #backoff = FIRST_BACKOFF_MS;
  #told = true;

  constructor(options: FeedOptions) {
    this.#options = {
      connect: (url) => new WebSocket(url),
      later: (action, milliseconds) => void setTimeout(action, milliseconds),
      onLoggedOut: () => undefined,
      ...options,
    };
  }

  get state(): FeedState {
    return this.#state;
  }

  /** Follows for as long as anybody listens. @returns ends listening */
  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1 && this.#state.connection !== "ended") this.#open();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#close();
    };
  };

  /** Connects again if it is not connected, as when somebody has logged in. */
  resume = (): void => {
    const { connection } = this.#state;
    if (connection !== "ended" && this.#listeners.size > 0 && this.#socket === undefined) this.#open();
  };

  #open(): void {
    const socket = this.#options.connect(this.#options.url);
    this.#socket = socket;
    socket.addEventListener("open", () => {
      const follow: FollowMessage = { type: "follow", after: this.#state.log.held };
      socket.send(JSON.stringify(follow));
      this.#change({ connection: "open" });
    });
    socket.addEventListener("message", ({ data }) => this.#take(readLive(String(data))));
    socket.addEventListener("close", ({ code, reason }) => {
      if (this.#socket !== socket || this.#state.connection === "ended") return;
      this.#socket = undefined;
      this.#closed(code, reason);
    });
  }

  #closed(code: number, reason: string): void {
    const isRefusal = Object.values(closeCode).some((refusal) => refusal === code);
    const refused = isRefusal ? { code, reason } : undefined;
    if (code === closeCode.not_authenticated) {
      this.#change({ connection: "lost", refused });
      this.#options.onLoggedOut();
    } else if (isRefusal && code !== closeCode.too_many) {
      this.#change({ connection: "ended", refused });
    } else {
      this.#change({ connection: "lost", refused });
      this.#options.later(this.resume, this.#backoff);
      this.#backoff = Math.min(this.#backoff * 2, MAX_BACKOFF_MS);
    }
  }

  #close(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
  }

  #take(message: LiveMessage): void {
    // Only now: one may also be let in to be refused at once.
    this.#backoff = FIRST_BACKOFF_MS;
    switch (message.type) {
      case "execution":
        this.#change({ execution: message.execution, refused: undefined });
        break;
      case "log":
        if (this.#state.log.add(message.entries)) this.#change({});
        break;
      case "end":
        this.#change({ execution: message.execution, connection: "ended" });
        this.#close();
        break;
    }
  }

  #change(change: Partial<FeedState>): void {
    this.#state = { ...this.#state, ...change };
    if (!this.#told) return;
    this.#told = false;
    this.#options.later(() => {
      this.#told = true;
      for (const listener of this.#listeners) listener();
    }, GATHER_MS);
  }
}
