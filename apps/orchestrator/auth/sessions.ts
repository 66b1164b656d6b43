import type { Actor, Caller } from "@homeslice/protocol";
import { recordChange } from "../audit/audit.ts";
import type { Context } from "../context.ts";
import { hashSecret, newSecret } from "./secrets.ts";
import { deleteSession, deleteSessionsOf, insertSession } from "./sessionRepository.ts";

/** However much it is used, a session ends after so long: milliseconds. */
const MAX_AGE_MS = 12 * 3_600_000;

/** Who begins a session, and by what. */
export interface NewSession {
  readonly caller: Caller;
  readonly accountId?: string;
  /** The person, and their login, as the identity provider names them. */
  readonly provider?: { readonly sub: string; readonly sid: string | undefined; readonly groups: readonly string[] };
}

/** Sessions of browsers: kept in the database, known to the browser by a random secret alone. */
export class Sessions {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  /** Begins a session with a secret of its own, never one that the browser brought. @returns the secret */
  async begin({ caller, accountId, provider }: NewSession, actor: Actor): Promise<string> {
    const { databases, now } = this.#context;
    const secret = newSecret("hss");
    await databases
      .tenant(caller.tenant)
      .transaction()
      .execute(async (transaction) => {
        await insertSession(transaction, {
          session_hash: hashSecret(secret),
          subject: caller.subject,
          role: caller.role,
          account_id: accountId ?? null,
          provider_subject: provider?.sub ?? null,
          provider_session: provider?.sid ?? null,
          groups: provider === undefined ? null : [...provider.groups],
          expires_at: new Date(now().getTime() + MAX_AGE_MS),
        });
        const resource = { type: "session", id: caller.subject } as const;
        await recordChange(transaction, { ...actor, id: caller.subject }, "login.succeeded", resource, {
          role: caller.role,
          by: provider === undefined ? "password" : "identity provider",
        });
      });
    return secret;
  }

  /** Ends a session. @returns whether the identity provider knows of it */
  async end(secret: string, actor: Actor): Promise<{ byProvider: boolean }> {
    const ended = await deleteSession(this.#context.database, hashSecret(secret));
    if (ended === undefined) return { byProvider: false };
    const { tenant_id, subject, provider_subject } = ended;
    const database = this.#context.databases.tenant(tenant_id);
    await recordChange(database, { ...actor, id: subject }, "logout", { type: "session", id: subject });
    return { byProvider: provider_subject !== null };
  }

  /** Ends what the identity provider says is over. */
  async endByProvider(provider: {
    readonly sub?: string | undefined;
    readonly sid?: string | undefined;
  }): Promise<number> {
    return await deleteSessionsOf(this.#context.database, provider);
  }
}
