import { randomUUID } from "node:crypto";
import {
  type AgentMessage,
  type Attempt,
  closeCode,
  LINK_VERSION,
  type OrchestratorMessage,
} from "@homeslice/protocol";
import type { Context } from "../context.ts";
import { findOpenAttempts, markUnreachable } from "../executions/repository.ts";
import { findServerKey } from "../servers/enrolment.ts";
import { closeSession, openSession, renewSession } from "../servers/sessions.ts";
import { signJob } from "./jobs.ts";
import { reconcile } from "./reconcile.ts";
import type { AgentLink, AgentRegistry } from "./registry.ts";
import { LinkOutOfStep, type Reports } from "./reports.ts";

type Job = Parameters<typeof signJob>[0];
type Hello = Extract<AgentMessage, { type: "hello" }>;

/** What a session needs of its socket. */
export interface LinkSocket {
  readonly address: string;
  send(message: OrchestratorMessage): void;
  close(code: number, reason: string): void;
}

/** An agent that has proved its identity, from its hello to the end of its link. */
export class AgentSession implements AgentLink {
  readonly sessionId = randomUUID();
  readonly serverId: string;
  readonly #context: Context;
  readonly #registry: AgentRegistry;
  readonly #reports: Reports;
  readonly #socket: LinkSocket;
  /** Jobs that were claimed for this session before its welcome went out. */
  #early: Job[] | undefined = [];

  constructor(context: Context, registry: AgentRegistry, reports: Reports, socket: LinkSocket, serverId: string) {
    this.#context = context;
    this.#registry = registry;
    this.#reports = reports;
    this.#socket = socket;
    this.serverId = serverId;
  }

  /** Takes over the server, agrees with the agent on every attempt, and lets work flow. */
  async open(hello: Hello): Promise<void> {
    const { database, timings, orchestratorId, metrics, bus } = this.#context;
    // Before the session is visible in the database: from then on the dispatcher may have work for it.
    this.#registry.add(this);
    metrics.agents.set(this.#registry.size);
    const session = { ...this.#key(), orchestratorId, ttlMs: timings.sessionMs, address: this.#socket.address };
    const agreement = await database.transaction().execute(async (transaction) => {
      await openSession(transaction, session, hello.agent, hello.status);
      return await reconcile(transaction, this.serverId, hello.held);
    });
    const { stored, settled } = agreement;
    this.#socket.send({
      v: LINK_VERSION,
      type: "welcome",
      heartbeat_seconds: timings.heartbeatMs / 1_000,
      stored,
      settled,
    });
    for (const attempt of agreement.cancel) this.#cancel(attempt);
    const jobs = [...agreement.redeliver, ...(this.#early ?? [])];
    this.#early = undefined;
    for (const row of jobs) this.run(row);
    for (const execution_id of agreement.changed) bus.publish({ kind: "execution", execution_id });
    bus.publish({ kind: "work" });
  }

  run(row: Job): void {
    if (this.#early !== undefined) {
      this.#early.push(row);
      return;
    }
    const { jobKey, now, timings, metrics } = this.#context;
    const notAfter = new Date(now().getTime() + timings.acceptMs);
    this.#socket.send({ v: LINK_VERSION, type: "run", job: signJob(row, jobKey, notAfter) });
    metrics.dispatched.inc();
  }

  /** Handles one message after the hello. @throws LinkOutOfStep when the link cannot go on */
  async handle(message: AgentMessage): Promise<void> {
    switch (message.type) {
      case "hello":
        throw new LinkOutOfStep("a second hello");
      case "heartbeat":
        return await this.#heartbeat(message);
      case "accepted":
        return await this.#reports.progressed(this.serverId, message, "acknowledged");
      case "started":
        return await this.#reports.progressed(this.serverId, message, "running");
      case "output": {
        const seq = await this.#reports.output(this.serverId, message, message.lines);
        return this.#socket.send({ v: LINK_VERSION, type: "stored", ...attemptOf(message), seq });
      }
      case "finished":
        await this.#reports.finished(this.serverId, message);
        return this.#socket.send({ v: LINK_VERSION, type: "settled", ...attemptOf(message) });
    }
  }

  async review(): Promise<void> {
    const { database } = this.#context;
    if ((await findServerKey(database, this.serverId)) === undefined) {
      this.#socket.close(closeCode.not_authenticated, "the server was deleted");
      return;
    }
    for (const attempt of await findOpenAttempts(database, this.serverId)) {
      if (attempt.cancel_requested_at !== null) this.#cancel(attempt);
    }
  }

  /** Notes that the link is gone: what its agent was doing is out of sight until it returns. */
  async closed(): Promise<void> {
    const { database, metrics, bus } = this.#context;
    this.#registry.remove(this);
    metrics.agents.set(this.#registry.size);
    const changed = await database
      .transaction()
      .execute(async (transaction) =>
        (await closeSession(transaction, this.#key())) ? await markUnreachable(transaction, [this.serverId]) : [],
      );
    for (const execution_id of changed) bus.publish({ kind: "execution", execution_id });
  }

  close(reason: string): void {
    this.#socket.close(1001, reason);
  }

  /** May overtake the job that it is about: the agent then does not start that any more. */
  #cancel(attempt: Attempt): void {
    this.#socket.send({ v: LINK_VERSION, type: "cancel", ...attemptOf(attempt) });
  }

  async #heartbeat({ status }: Extract<AgentMessage, { type: "heartbeat" }>): Promise<void> {
    const { database, timings } = this.#context;
    if (!(await renewSession(database, this.#key(), timings.sessionMs, status))) {
      throw new LinkOutOfStep("the server has another link by now");
    }
  }

  #key() {
    return { sessionId: this.sessionId, serverId: this.serverId };
  }
}

function attemptOf({ execution_id, fence }: Attempt): Attempt {
  return { execution_id, fence };
}
