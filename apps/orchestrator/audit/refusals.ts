import { type Actor, type AuditEventType, DEFAULT_TENANT } from "@homeslice/protocol";
import type { Databases } from "../database/tenancy.ts";
import { insertEvent } from "./repository.ts";

/** The same attempt, by the same actor from the same place, makes one entry in this time: milliseconds. */
const QUIET_MS = 10_000;
/** Attempts that are remembered; beyond that the oldest is forgotten. */
const MAX_REMEMBERED = 10_000;
/** Entries that nobody in particular causes in this time; beyond that one entry says how many there were: milliseconds. */
const FLOOD_MS = 60_000;
const FLOOD_ENTRIES = 100;

/** An attempt that was refused. */
export interface Refusal {
  readonly event_type: Extract<AuditEventType, `${string}.refused` | "refresh.reused">;
  readonly actor: Actor;
  /** The route that was asked for, the account or the server that somebody claimed to be. */
  readonly resource: {
    readonly type: "route" | "account" | "server";
    readonly id: string | null;
    readonly name?: string;
  };
  readonly reason: string;
  /** Whose affair it is; the default tenant's when it is not known. */
  readonly tenant?: string | undefined;
}

/** Tells the audit log of refused attempts: each of them, but not a flood. */
export class Refusals {
  readonly #databases: Databases;
  readonly #now: () => Date;
  readonly #lastTold = new Map<string, number>();
  #flood = { since: 0, told: 0, untold: 0 };

  constructor(databases: Databases, now: () => Date) {
    this.#databases = databases;
    this.#now = now;
  }

  async record({ event_type, actor, resource, reason, tenant = DEFAULT_TENANT }: Refusal): Promise<void> {
    if (!this.#isNews(JSON.stringify([event_type, tenant, actor.id, actor.ip_address, resource.id]))) return;
    const anonymous = actor.id === "anonymous";
    if (anonymous && this.#isFlood()) return;
    const details = anonymous ? this.#takeUntold() : {};
    const what = { type: resource.type, id: resource.id, name: resource.name ?? null };
    const result = { success: false, error_message: reason, affected_count: 0 };
    const database = this.#databases.tenant(tenant);
    await database.executeQuery(insertEvent(database, { event_type, actor, resource: what, details, result }));
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

  /** Whether nobody in particular has caused enough entries for now, from however many addresses. */
  #isFlood(): boolean {
    const now = this.#now().getTime();
    if (now - this.#flood.since >= FLOOD_MS) this.#flood = { since: now, told: 0, untold: this.#flood.untold };
    if (this.#flood.told < FLOOD_ENTRIES) {
      this.#flood.told++;
      return false;
    }
    this.#flood.untold++;
    return true;
  }

  /** How many attempts went untold since the entry before, for the details of the next one. */
  #takeUntold(): { attempts_not_listed?: number } {
    const { untold } = this.#flood;
    this.#flood.untold = 0;
    return untold === 0 ? {} : { attempts_not_listed: untold };
  }
}
