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
  /** Whoever was let in a moment ago is let in again without asking the database, or reckoning a signature again. */
  readonly #remembered = new Map<string, { readonly caller: Caller; readonly until: number }>();

  constructor(context: Context, secret: Uint8Array) {
    this.#context = context;
    this.#secret = secret;
  }

  async identify({ headers }: Pick<FastifyRequest, "headers">): Promise<Identity | undefined> {
    if (headers.authorization !== undefined) {
      const caller = await this.#byToken(headers.authorization);
      return caller && { caller, byCookie: false };
    }
    const session = readCookie(headers.cookie, SESSION_COOKIE);
    const caller = session && (await this.#remember(session, async () => found(await this.#bySession(session))));
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
    return await this.#remember(token, async () =>
      token.startsWith("hst_")
        ? found(await findApiToken(this.#context.database, token))
        : await verifyToken(this.#secret, token, this.#context.now()),
    );
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

  async #remember(secret: string, find: () => Promise<Found | undefined>): Promise<Caller | undefined> {
    const key = keyOf(secret);
    const now = this.#context.now().getTime();
    const known = this.#remembered.get(key);
    // Also when the clock was set back: nobody is remembered for longer than the time that this takes.
    const { identityMs } = this.#context.timings;
    if (known !== undefined && known.until > now && known.until - now <= identityMs) return known.caller;
    this.#remembered.delete(key);
    const entry = await find();
    if (entry === undefined) return undefined;
    const { caller, expiresAt } = entry;
    this.#remembered.set(key, { caller, until: Math.min(now + identityMs, expiresAt?.getTime() ?? Infinity) });
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size > MAX_REMEMBERED && oldest !== undefined) this.#remembered.delete(oldest);
    return caller;
  }
}

/** Who was found, and when that is over at the latest. */
interface Found {
  readonly caller: Caller;
  readonly expiresAt?: Date;
}

const found = (caller: Caller | undefined): Found | undefined => caller && { caller };

function keyOf(secret: string): string {
  return hashSecret(secret).toString("base64");
}
