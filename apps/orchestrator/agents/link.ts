import { randomBytes } from "node:crypto";
import {
  AgentMessage,
  closeCode,
  commonVersion,
  decodePublicKey,
  helloBytes,
  LINK_VERSION,
  LINK_VERSIONS,
  type OrchestratorMessage,
  verifyBytes,
} from "@homeslice/protocol";
import type { WebSocket } from "ws";
import { ZodError } from "zod";
import type { Context } from "../context.ts";
import { isThere, watchPulse } from "../pulse.ts";
import { findAgent, findServerTenant } from "../servers/enrolment.ts";
import { Turns } from "../turns.ts";
import { LinkOutOfStep } from "./reports.ts";
import { AgentSession, type Hello, type SessionParts } from "./session.ts";

/** Messages of one link that may be under way to the database at once. */
const MAX_UNDER_WAY = 200;

/** The agents' end of the orchestrator: what happens on one WebSocket from its opening to its end. */
export class LinkServer {
  readonly #context: Context;
  readonly #parts: SessionParts;
  /** Of links that are made and ended: many at once must not keep everything else from the database. */
  readonly #turns: Turns;
  /** The ends of the links that are still open or have messages under way. */
  readonly #ends = new Set<Promise<void>>();

  /** @param atOnce links that are made and ended at a time */
  constructor(context: Context, parts: SessionParts, atOnce: number) {
    this.#context = context;
    this.#parts = parts;
    this.#turns = new Turns(atOnce);
  }

  /** Speaks the link protocol on a freshly opened socket. */
  serve(socket: WebSocket, address: string): void {
    const nonce = randomBytes(24).toString("base64url");
    const { arrivalMs, heartbeatMs } = this.#context.timings;
    const helloTimer = setTimeout(() => socket.close(closeCode.not_authenticated, "no hello"), arrivalMs);
    const pulse = watchPulse(socket, heartbeatMs);
    let session: AgentSession | undefined;
    // Messages are taken up in the order they came; what is written for one does not wait for that of another.
    let queue = Promise.resolve();
    const enqueue = (work: () => Promise<void>) => {
      queue = queue.then(work).catch((error: unknown) => this.#fail(socket, error));
    };
    const underWay = new UnderWay(socket, (error) => this.#fail(socket, error));
    socket.on("message", (data) => {
      enqueue(async () => {
        if (socket.readyState !== socket.OPEN) return;
        const message = AgentMessage.parse(JSON.parse(String(data)));
        if (session !== undefined) return underWay.add(session.handle(message));
        clearTimeout(helloTimer);
        session = await this.#welcome(socket, address, nonce, message);
      });
    });
    const { promise: end, resolve } = Promise.withResolvers<void>();
    this.#ends.add(end);
    socket.on("close", () => {
      clearTimeout(helloTimer);
      clearInterval(pulse);
      enqueue(() => underWay.settled());
      enqueue(async () => await this.#turns.take(async () => await session?.closed()));
      enqueue(async () => {
        this.#ends.delete(end);
        resolve();
      });
    });
    socket.on("error", (error) => this.#context.log.info({ address, error: error.message }, "agent link broke"));
    send(socket, { v: LINK_VERSION, type: "challenge", versions: [...LINK_VERSIONS], nonce });
  }

  /** Resolves when every link has ended, and what came over it is stored. */
  async drained(): Promise<void> {
    await Promise.all(this.#ends);
  }

  async #welcome(
    socket: WebSocket,
    address: string,
    nonce: string,
    hello: AgentMessage,
  ): Promise<AgentSession | undefined> {
    if (hello.type !== "hello") throw new LinkOutOfStep("the first message must be hello");
    const linkEpoch = await this.#turns.take(() => this.#identify(socket, address, nonce, hello));
    // What was asked for after the number of the last link was read, and is answered, tells that no newer one exists: the
    // agent has not yet moved on from what it says it holds.
    if (linkEpoch === undefined || !(await isThere(socket))) return undefined;
    return await this.#turns.take(async () => {
      const session = new AgentSession(this.#context, this.#parts, this.#end(socket, address), hello.server_id);
      try {
        await session.open(hello, linkEpoch);
      } catch (error) {
        await session.closed();
        throw error;
      }
      this.#context.log.info({ server_id: hello.server_id, hostname: hello.agent.hostname }, "agent connected");
      return session;
    });
  }

  /** @returns the number of the last link of the agent; undefined when it is not let in */
  async #identify(socket: WebSocket, address: string, nonce: string, hello: Hello): Promise<number | undefined> {
    // By its turn, it may have given up.
    if (socket.readyState !== socket.OPEN) return undefined;
    const { server_id, versions, signature } = hello;
    const { log, database, refusals } = this.#context;
    if (commonVersion(versions) === undefined) {
      log.warn({ server_id, versions }, "an agent speaks another language");
      socket.close(closeCode.no_common_version, "no common version of the link: upgrade the older side");
      return undefined;
    }
    const agent = await findAgent(database, server_id);
    if (agent && verifyBytes(helloBytes(nonce, server_id), signature, decodePublicKey(agent.publicKey)))
      return agent.linkEpoch;
    log.warn({ address, server_id }, "an agent could not prove its identity");
    await refusals.record({
      event_type: "agent.refused",
      actor: { type: "agent", id: server_id, ip_address: address, user_agent: null },
      resource: { type: "server", id: server_id },
      reason: "unknown server or wrong key",
      tenant: await findServerTenant(database, server_id),
    });
    socket.close(closeCode.not_authenticated, "unknown server or wrong key");
    return undefined;
  }

  #end(socket: WebSocket, address: string) {
    return {
      address,
      send: (message: OrchestratorMessage) => send(socket, message),
      close: (code: number, reason: string) => socket.close(code, reason),
    };
  }

  #fail(socket: WebSocket, error: unknown): void {
    const { log } = this.#context;
    if (error instanceof LinkOutOfStep) {
      log.warn({ error: error.message }, "agent link out of step: closing it, so that both sides agree anew");
      socket.close(1008, error.message);
    } else if (error instanceof ZodError || error instanceof SyntaxError) {
      log.warn({ error: error.message }, "an agent sent what is not in the catalogue");
      socket.close(closeCode.invalid_message, "invalid message");
    } else {
      log.error({ err: error }, "agent link failed");
      socket.close(1011, "internal error");
    }
  }
}

/** Messages of one link that are being written. With too many of them, the link is not read from for a while. */
class UnderWay {
  readonly #socket: WebSocket;
  readonly #fail: (error: unknown) => void;
  readonly #pending = new Set<Promise<void>>();

  constructor(socket: WebSocket, fail: (error: unknown) => void) {
    this.#socket = socket;
    this.#fail = fail;
  }

  add(work: Promise<void>): void {
    const pending = work.catch(this.#fail).finally(() => {
      this.#pending.delete(pending);
      if (this.#socket.isPaused && this.#pending.size < MAX_UNDER_WAY / 2) this.#socket.resume();
    });
    this.#pending.add(pending);
    if (this.#pending.size >= MAX_UNDER_WAY) this.#socket.pause();
  }

  async settled(): Promise<void> {
    await Promise.all(this.#pending);
  }
}

function send(socket: WebSocket, message: OrchestratorMessage): void {
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
}
