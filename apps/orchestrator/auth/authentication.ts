import { type Caller, verifyToken } from "@homeslice/protocol";
import type { FastifyRequest } from "fastify";
import type { Context } from "../context.ts";
import { findApiToken } from "./apiTokens.ts";
import { readCookie, SESSION_COOKIE } from "./cookies.ts";
import { grantOf } from "./groups.ts";
import { hashSecret } from "./secrets.ts";
import { useSession } from "./sessionRepository.ts";

/** Callers that are remembered; beyond that the oldest is forgotten. */
const MAX_REMEMBERED = 10_000;

/** Who is calling, and whether a browser sent its cookie along: then it has to be shown that a page of ours asked. */
export interface Identity {
  readonly caller: Caller;
  readonly byCookie: boolean;
}

/** Finds out who calls, by what the orchestrator itself gave out: no header of a proxy is ever believed. */
export class Authentication {
  readonly #context: Context;
  readonly #secret: Uint8Array;
  /** Whoever was let in a moment ago is let in again without asking the database. */
  readonly #remembered = new Map<string, { readonly caller: Caller; readonly until: number }>();

  constructor(context: Context, secret: Uint8Array) {
    this.#context = context;
    this.#secret = secret;
  }

  async identify({ headers }: FastifyRequest): Promise<Identity | undefined> {
    if (headers.authorization !== undefined) {
      const caller = await this.#byToken(headers.authorization);
      return caller && { caller, byCookie: false };
    }
    const session = readCookie(headers.cookie, SESSION_COOKIE);
    const caller = session && (await this.#remember(session, () => this.#bySession(session)));
    return caller ? { caller, byCookie: true } : undefined;
  }

  /** Forgets a session that has ended, so that it is over at once. */
  forget(secret: string): void {
    this.#remembered.delete(keyOf(secret));
  }

  /** Forgets everybody: each is looked up anew. */
  forgetAll(): void {
    this.#remembered.clear();
  }

  async #byToken(header: string): Promise<Caller | undefined> {
    const [scheme, token, ...more] = header.split(" ");
    if (scheme?.toLowerCase() !== "bearer" || token === undefined || more.length > 0) return undefined;
    if (!token.startsWith("hst_")) return await verifyToken(this.#secret, token, this.#context.now());
    return await this.#remember(token, () => findApiToken(this.#context.database, token));
  }

  async #bySession(session: string): Promise<Caller | undefined> {
    const found = await useSession(this.#context.database, hashSecret(session));
    if (found === undefined) return undefined;
    const { subject, tenant_id: tenant, groups } = found;
    if (groups === null) return { subject, role: found.role, tenant };
    // What groups give may change while one is logged in; as soon as they give nothing, one no longer is.
    const grant = await grantOf(this.#context, groups, tenant);
    return grant && { subject, ...grant };
  }

  async #remember(secret: string, find: () => Promise<Caller | undefined>): Promise<Caller | undefined> {
    const key = keyOf(secret);
    const now = this.#context.now().getTime();
    const known = this.#remembered.get(key);
    // Also when the clock was set back: nobody is remembered for longer than the time that this takes.
    const { identityMs } = this.#context.timings;
    if (known !== undefined && known.until > now && known.until - now <= identityMs) return known.caller;
    this.#remembered.delete(key);
    const caller = await find();
    if (caller === undefined) return undefined;
    this.#remembered.set(key, { caller, until: now + identityMs });
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size > MAX_REMEMBERED && oldest !== undefined) this.#remembered.delete(oldest);
    return caller;
  }
}

function keyOf(secret: string): string {
  return hashSecret(secret).toString("base64");
}
