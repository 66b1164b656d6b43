import { type Actor, DEFAULT_TENANT } from "@homeslice/protocol";
import type { Databases } from "../database/tenancy.ts";
import { insertEvent } from "./repository.ts";

/** The same attempt, by the same actor from the same place, makes one entry in this time: milliseconds. */
const QUIET_MS = 10_000;
/** Attempts that are remembered; beyond that the oldest is forgotten. */
const MAX_REMEMBERED = 10_000;

/** Tells the audit log of refused attempts: each of them, but not a flood of the same one. */
export class Refusals {
  readonly #databases: Databases;
  readonly #now: () => Date;
  readonly #lastTold = new Map<string, number>();

  constructor(databases: Databases, now: () => Date) {
    this.#databases = databases;
    this.#now = now;
  }

  /**
   * @param target the route that was asked for, or the server that somebody claimed to be
   * @param tenant whose affair it is; the default tenant's when it is not known
   */
  async record(
    event_type: "request.refused" | "agent.refused",
    actor: Actor,
    target: string,
    reason: string,
    tenant: string = DEFAULT_TENANT,
  ): Promise<void> {
    if (!this.#isNews(JSON.stringify([event_type, actor.id, actor.ip_address, target]))) return;
    const resource = { type: event_type === "agent.refused" ? "server" : "route", id: target, name: null };
    const result = { success: false, error_message: reason };
    await insertEvent(this.#databases.tenant(tenant), { event_type, actor, resource, details: {}, result });
  }

  #isNews(attempt: string): boolean {
    const now = this.#now().getTime();
    const last = this.#lastTold.get(attempt);
    if (last !== undefined && now - last < QUIET_MS) return false;
    this.#lastTold.delete(attempt);
    this.#lastTold.set(attempt, now);
    const [oldest] = this.#lastTold.keys();
    if (this.#lastTold.size > MAX_REMEMBERED && oldest !== undefined) this.#lastTold.delete(oldest);
    return true;
  }
}
