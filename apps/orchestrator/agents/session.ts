import { randomUUID } from "node:crypto";
import {
  type AgentMessage,
  type Attempt,
  closeCode,
  LINK_VERSION,
  type OrchestratorMessage,
  type SignedJob,
} from "@homeslice/protocol";
import { noteFailures } from "../breaker/repository.ts";
import type { Context } from "../context.ts";
import { transact } from "../database/database.ts";
import type { DispatchRow } from "../executions/claim.ts";
import { markUnreachable } from "../executions/targets.ts";
import { secretsFor } from "../secrets/delivery.ts";
import { secretsOf } from "../secrets/uses.ts";
import { findAgent } from "../servers/enrolment.ts";
import { closeSession, openSession } from "../servers/sessions.ts";
import type { Report } from "./fold.ts";
import type { Heartbeats } from "./heartbeats.ts";
import { signJob } from "./jobs.ts";
import { reconcile } from "./reconcile.ts";
import type { AgentLink, AgentRegistry } from "./registry.ts";
import { LinkOutOfStep, type Reports } from "./reports.ts";

/** How an agent begins. */
export type Hello = Extract<AgentMessage, { type: "hello" }>;

/** What a session needs of its socket. */
export interface LinkSocket {
  readonly address: string;
  send(message: OrchestratorMessage): void;
  close(code: number, reason: string): void;
}

/** What all sessions share. */
export interface SessionParts {
  readonly registry: AgentRegistry;
  readonly reports: Reports;
  readonly heartbeats: Heartbeats;
}

/** An agent that has proved its identity, from its hello to the end of its link. */
export class AgentSession implements AgentLink {
  readonly sessionId = randomUUID();
  readonly serverId: string;
  readonly #context: Context;
  readonly #registry: AgentRegistry;
  readonly #reports: Reports;
  readonly #heartbeats: Heartbeats;
  readonly #socket: LinkSocket;
  /** Jobs that were claimed for this session before its welcome went out. */
  #early: DispatchRow[] | undefined = [];
  /** What the agent was told of its attempts. While the link stands it loses nothing, so nothing is told twice. */
  readonly #told = new Set<string>();

  constructor(context: Context, parts: SessionParts, socket: LinkSocket, serverId: string) {
    this.#context = context;
    this.#registry = parts.registry;
    this.#reports = parts.reports;
    this.#heartbeats = parts.heartbeats;
    this.#socket = socket;
    this.serverId = serverId;
  }

  /**
   * Takes over the server, agrees with the agent on every attempt, and lets work flow.
   * @param linkEpoch the number of the link before this one, at a time at which the agent was seen on this one
   * @throws LinkOutOfStep when there is a newer link
   */
  async open(hello: Hello, linkEpoch: number): Promise<void> {
    const { database, timings, orchestratorId, metrics, bus } = this.#context;
    // Before the session is visible in the database: from then on the dispatcher may have work for it.
    this.#registry.add(this);
    metrics.agents.set(this.#registry.size);
    const session = { ...this.#key(), orchestratorId, ttlMs: timings.sessionMs, address: this.#socket.address };
    const agreement = await transact(database, async (transaction) => {
      const isNewest = await openSession(transaction, { ...session, linkEpoch }, hello.agent, hello.status);
      if (!isNewest) throw new LinkOutOfStep("the agent has opened another link meanwhile");
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
    for (const attempt of agreement.cancel) this.cancel(attempt);
    const jobs = [...agreement.redeliver, ...(this.#early ?? [])];
    this.#early = undefined;
    for (const row of jobs) this.run(row);
    for (const execution_id of agreement.changed) bus.publish({ kind: "execution", execution_id });
    bus.publish({ kind: "work" });
  }

  run(row: DispatchRow): void {
    if (this.#early !== undefined) {
      this.#early.push(row);
      return;
    }
    if (!this.#isNews("run", row)) return;
    const names = secretsOf(row.operation);
    if (names.length === 0) {
      this.#send(row);
      return;
    }
    this.#sendWithSecrets(row, names).catch((error: unknown) => {
      this.#context.log.warn({ err: error, execution_id: row.execution_id }, "secrets cannot be had at the moment");
      // It stays unanswered, and so is tried again.
      this.#told.delete(`run ${row.execution_id} ${row.fence}`);
    });
  }

  async #sendWithSecrets(row: DispatchRow, names: readonly string[]): Promise<void> {
    const secrets = await secretsFor(this.#context, row, names);
    if (secrets !== undefined) this.#send(row, secrets);
  }

  #send(row: DispatchRow, secrets?: SignedJob): void {
    const { jobKey, now, timings, metrics } = this.#context;
    const notAfter = new Date(now().getTime() + timings.acceptMs);
    const job = signJob(row, jobKey, notAfter);
    this.#socket.send({ v: LINK_VERSION, type: "run", job, ...(secrets && { secrets }) });
    metrics.dispatched.inc();
  }

  /** Handles one message after the hello. @throws LinkOutOfStep when the link cannot go on */
  async handle(message: AgentMessage): Promise<void> {
    switch (message.type) {
      case "hello":
        throw new LinkOutOfStep("a second hello");
      case "heartbeat":
        return await this.#heartbeats.renew(this.#key(), message.status);
      case "accepted":
        return await this.#report(message, { type: "progress", fence: message.fence, to: "acknowledged" });
      case "started":
        return await this.#report(message, { type: "progress", fence: message.fence, to: "running" });
      case "output":
        return await this.#report(message, { type: "output", fence: message.fence, lines: message.lines });
      case "finished": {
        const { v: _version, type: _type, ...finish } = message;
        return await this.#report(message, { type: "finished", fence: message.fence, finish });
      }
    }
  }

  /** Has a report stored, and tells the agent what it need not keep any more. */
  async #report({ execution_id, fence }: Attempt, report: Report): Promise<void> {
    const verdict = await this.#reports.take({ server_id: this.serverId, execution_id, report });
    const attempt = { v: LINK_VERSION, execution_id, fence } as const;
    if (verdict.type === "stored") this.#socket.send({ ...attempt, type: "stored", seq: verdict.seq });
    if (verdict.type !== "settled") return;
    this.#registry.looks.afterwards(() => {
      for (const what of ["run", "cancel"]) this.#told.delete(`${what} ${execution_id} ${fence}`);
    });
    this.#socket.send({ ...attempt, type: "settled" });
  }

  async review(): Promise<void> {
    if ((await findAgent(this.#context.database, this.serverId)) === undefined) {
      this.#socket.close(closeCode.not_authenticated, "the server was deleted");
    }
  }

  /** Notes that the link is gone: what its agent was doing is out of sight until it returns. */
  async closed(): Promise<void> {
    const { database, metrics, bus } = this.#context;
    this.#registry.remove(this);
    metrics.agents.set(this.#registry.size);
    const changed = await transact(database, async (transaction) => {
      if (!(await closeSession(transaction, this.#key()))) return [];
      const cutOff = await markUnreachable(transaction, [this.serverId]);
      if (cutOff.length > 0) await noteFailures(transaction, [this.serverId]);
      return cutOff;
    });
    for (const { execution_id } of changed) bus.publish({ kind: "execution", execution_id });
    bus.publish({ kind: "work" });
  }

  close(reason: string): void {
    this.#socket.close(1001, reason);
  }

  /** May overtake the job that it is about: the agent then does not start that any more. */
  cancel({ execution_id, fence }: Attempt): void {
    if (!this.#isNews("cancel", { execution_id, fence })) return;
    this.#socket.send({ v: LINK_VERSION, type: "cancel", execution_id, fence });
  }

  #isNews(what: "run" | "cancel", { execution_id, fence }: Attempt): boolean {
    const told = `${what} ${execution_id} ${fence}`;
    const isNews = !this.#told.has(told);
    this.#told.add(told);
    return isNews;
  }

  #key() {
    return { sessionId: this.sessionId, serverId: this.serverId };
  }
}
