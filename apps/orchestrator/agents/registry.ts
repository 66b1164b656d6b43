import type { Attempt } from "@homeslice/protocol";
import type { DispatchRow } from "../executions/claim.ts";
import { Looks } from "./looks.ts";

/** A link as the rest of the orchestrator sees it. */
export interface AgentLink {
  readonly sessionId: string;
  readonly serverId: string;
  /** Sends the job of a dispatched attempt. */
  run(row: DispatchRow): void;
  /** Tells the agent, once, to end an attempt. */
  cancel(attempt: Attempt): void;
  /** Ends the link if its server was deleted. */
  review(): Promise<void>;
  /** Closes the link; the agent comes back by itself. */
  close(reason: string): void;
}

/** The links that this orchestrator holds. */
export class AgentRegistry {
  /** The looks at the database by which links are told what to send. */
  readonly looks = new Looks();
  readonly #bySession = new Map<string, AgentLink>();
  readonly #byServer = new Map<string, AgentLink>();

  get size(): number {
    return this.#bySession.size;
  }

  /** Adds a link; an older one of the same server is closed. */
  add(link: AgentLink): void {
    this.#byServer.get(link.serverId)?.close("the agent opened another link");
    this.#bySession.set(link.sessionId, link);
    this.#byServer.set(link.serverId, link);
  }

  remove(link: AgentLink): void {
    this.#bySession.delete(link.sessionId);
    if (this.#byServer.get(link.serverId) === link) this.#byServer.delete(link.serverId);
  }

  session(sessionId: string): AgentLink | undefined {
    return this.#bySession.get(sessionId);
  }

  server(serverId: string): AgentLink | undefined {
    return this.#byServer.get(serverId);
  }

  closeAll(reason: string): void {
    for (const link of this.#bySession.values()) link.close(reason);
  }
}
