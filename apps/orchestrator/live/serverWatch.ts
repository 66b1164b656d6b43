import type { LiveServer, LiveServersMessage } from "@homeslice/protocol";
import { type Context, inTenant } from "../context.ts";
import { Loop } from "../loop.ts";
import { listServerStates } from "../servers/repository.ts";

/** Hints within this time make one look, in milliseconds: busy servers change more often than anybody sees. */
const GATHER_MS = 200;
/** Servers told of in one message, at most. */
const BATCH = 1_000;

type Send = (message: LiveServersMessage) => Promise<void>;

/** The watch over the servers of each tenant that somebody follows. */
export class ServerWatches {
  readonly #context: Context;
  readonly #watches = new Map<string, ServerWatch>();

  constructor(context: Context) {
    this.#context = context;
  }

  of(tenantId: string): ServerWatch {
    const known = this.#watches.get(tenantId) ?? new ServerWatch(inTenant(this.#context, tenantId));
    this.#watches.set(tenantId, known);
    return known;
  }
}

/** Watches the servers of one tenant, with one look for all who follow them, as long as anybody does. */
class ServerWatch {
  readonly #context: Context;
  readonly #viewers = new Set<Viewer>();
  #stop: (() => Promise<void>) | undefined;
  #look = () => {};

  constructor(context: Context) {
    this.#context = context;
  }

  /** @param send resolves when the client has taken the message. @returns what ends it */
  follow(send: Send): () => Promise<void> {
    const viewer = new Viewer(send);
    this.#viewers.add(viewer);
    if (this.#stop === undefined) this.#start();
    this.#look();
    return async () => {
      this.#viewers.delete(viewer);
      if (this.#viewers.size > 0) return;
      const stop = this.#stop;
      this.#stop = undefined;
      await stop?.();
    };
  }

  #start(): void {
    const { database, bus, timings, log } = this.#context;
    const look = async () => {
      const servers = (await listServerStates(database)).map((server) => ({ server, text: JSON.stringify(server) }));
      for (const viewer of this.#viewers) viewer.show(servers, (error) => log.warn({ err: error }, "a viewer is gone"));
    };
    const loop = new Loop("server watch", look, timings.pollMs, log);
    let gathering: NodeJS.Timeout | undefined;
    const unsubscribe = bus.subscribe(() => {
      gathering ??= setTimeout(() => {
        gathering = undefined;
        loop.wake();
      }, GATHER_MS);
    });
    this.#look = () => loop.wake();
    this.#stop = async () => {
      unsubscribe();
      clearTimeout(gathering);
      await loop.stop();
    };
    loop.start();
  }
}

interface Shown {
  readonly server: LiveServer;
  readonly text: string;
}

/** One who follows: knows what it was told of each server, and is told what is otherwise. */
class Viewer {
  readonly #send: Send;
  readonly #told = new Map<string, string>();
  #first = true;
  #busy = false;

  constructor(send: Send) {
    this.#send = send;
  }

  /** While the client is still taking what came before, it is passed over: it gets the newest when it is ready. */
  show(servers: readonly Shown[], onError: (error: unknown) => void): void {
    if (this.#busy) return;
    this.#busy = true;
    this.#tell(servers)
      .catch(onError)
      .finally(() => {
        this.#busy = false;
      });
  }

  async #tell(servers: readonly Shown[]): Promise<void> {
    const changed = servers.filter(({ server, text }) => this.#told.get(server.server_id) !== text);
    const there = new Set(servers.map(({ server }) => server.server_id));
    const gone = [...this.#told.keys()].filter((id) => !there.has(id));
    if (changed.length === 0 && gone.length === 0 && !this.#first) return;
    this.#first = false;
    for (const id of gone) this.#told.delete(id);
    for (const { server, text } of changed) this.#told.set(server.server_id, text);
    for (let start = 0; start === 0 || start < changed.length; start += BATCH) {
      const batch = changed.slice(start, start + BATCH).map(({ server }) => server);
      await this.#send({ type: "servers", servers: batch, gone: start === 0 ? gone : [] });
    }
  }
}
