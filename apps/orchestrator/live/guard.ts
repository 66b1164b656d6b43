import { on } from "node:events";
import { type Caller, closeCode } from "@homeslice/protocol";
import type { FastifyRequest } from "fastify";
import type { WebSocket } from "ws";
import type { Context } from "../context.ts";
import type { Admission } from "../http/admission.ts";
import { type Limit, TokenBuckets } from "../http/rateLimits/tokenBuckets.ts";
import type { LiveView } from "../metrics.ts";
import { watchPulse } from "../pulse.ts";

/** WebSockets that one caller may hold open at each orchestrator. */
const MAX_SOCKETS = 5;
const MESSAGES: Limit = { burst: 50, perSeconds: 1 };
/** Heartbeats from ping to ping: before its answer, a client takes what was sent before. */
const PULSE_HEARTBEATS = 2;

/** Serves a socket until its messages end. */
type Serve = (caller: Caller, messages: AsyncIterable<string>) => Promise<void>;

/** Watches over the WebSockets of people and programs: who holds them, how many, how much they say, and for how long. */
export class SocketGuard {
  readonly #context: Context;
  readonly #admission: Admission;
  /** Of each socket, which only this process holds. */
  readonly #messageLimits: TokenBuckets;
  readonly #open = new Map<string, number>();

  constructor(context: Context, admission: Admission) {
    this.#context = context;
    this.#admission = admission;
    this.#messageLimits = new TokenBuckets(context.now);
  }

  /** Serves a socket as long as its caller may hold it. */
  serve(socket: WebSocket, request: FastifyRequest, view: LiveView, serve: Serve): void {
    const { metrics, log } = this.#context;
    metrics.liveClients.inc({ view });
    this.#serve(socket, request, serve)
      .catch((error: unknown) => {
        log.error({ err: error }, "a live view failed");
        socket.close(1011, "internal error");
      })
      .finally(() => metrics.liveClients.dec({ view }));
  }

  async #serve(socket: WebSocket, request: FastifyRequest, serve: Serve): Promise<void> {
    // Messages may arrive while the caller is looked up: the listener has to be there from the start.
    const closed = new AbortController();
    const arriving = on(socket, "message", { signal: closed.signal });
    socket.once("close", () => closed.abort());
    const caller = await this.#admission.identifySocket(request);
    if (caller === undefined)
      return socket.close(closeCode.not_authenticated, "a valid bearer token or session is needed");
    const name = `${caller.tenant} ${caller.subject}`;
    const open = this.#open.get(name) ?? 0;
    if (open >= MAX_SOCKETS)
      return socket.close(closeCode.too_many, `you follow ${MAX_SOCKETS} live views: close another page`);
    this.#open.set(name, open + 1);
    const watch = this.#watch(socket, request, caller);
    const pulse = watchPulse(socket, PULSE_HEARTBEATS * this.#context.timings.heartbeatMs);
    try {
      await serve(caller, this.#messages(socket, arriving, closed.signal));
    } finally {
      clearInterval(watch);
      clearInterval(pulse);
      const left = (this.#open.get(name) ?? 1) - 1;
      if (left === 0) this.#open.delete(name);
      else this.#open.set(name, left);
    }
  }

  async *#messages(socket: WebSocket, arriving: AsyncIterable<unknown[]>, closed: AbortSignal): AsyncGenerator<string> {
    const name = `socket ${crypto.randomUUID()}`;
    try {
      for await (const [data] of arriving) {
        if (this.#messageLimits.take(name, MESSAGES) > 0) return socket.close(closeCode.too_many, "too many messages");
        yield String(data);
      }
    } catch (error) {
      if (!closed.aborted) throw error;
    }
  }

  /** Closes the socket when its caller's session or token is over, was revoked, or is another's. */
  #watch(socket: WebSocket, request: FastifyRequest, { tenant, subject, role }: Caller): NodeJS.Timeout {
    const check = async () => {
      const now = await this.#admission.identifySocket(request);
      if (now?.tenant !== tenant || now.subject !== subject || now.role !== role) {
        socket.close(closeCode.not_authenticated, "the session or token is over");
      }
    };
    return setInterval(() => {
      check().catch((error: unknown) => this.#context.log.warn({ err: error }, "a live view could not be checked"));
    }, this.#context.timings.heartbeatMs);
  }
}
