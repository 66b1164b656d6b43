import { type Actor, ApiError, type Caller, type Permission, permits } from "@homeslice/protocol";
import type { FastifyRequest } from "fastify";
import type { Refusals } from "../audit/refusals.ts";
import type { Authentication } from "../auth/authentication.ts";
import { crossSiteFault, isOwnPage } from "../auth/origin.ts";
import type { RateLimits } from "./rateLimits/rateLimits.ts";
import type { Limit } from "./rateLimits/tokenBuckets.ts";

/** Requests without a valid token or session from one address. */
const FAILURES: Limit = { burst: 300, perSeconds: 60 };
/** How many times as much as one of its users a whole tenant may ask. */
const TENANT_SHARE = 10;
/** How much may come at once, as seconds of what may come steadily. */
const BURST_SECONDS = 2;

export interface AdmissionRules {
  /** Where browsers reach the orchestrator; without it, the host of each request. */
  readonly publicOrigin: string | undefined;
  /** Requests in a second by one user or token; 0 is no limit. */
  readonly requestsPerSecond: number;
}

/** Decides who may come in: every request and every WebSocket passes here. */
export class Admission {
  readonly #authentication: Authentication;
  readonly #refusals: Refusals;
  readonly #limits: RateLimits;
  readonly #rules: AdmissionRules;

  constructor(authentication: Authentication, refusals: Refusals, limits: RateLimits, rules: AdmissionRules) {
    this.#authentication = authentication;
    this.#refusals = refusals;
    this.#limits = limits;
    this.#rules = rules;
  }

  /** Lets in a request that needs a permission. @throws ApiError; the attempt is in the audit log then */
  async admit(request: FastifyRequest, permission: Permission): Promise<Caller> {
    const identity = await this.#authentication.identify(request);
    if (identity === undefined) await this.#limits.demand({ kind: "failures", of: request.ip, ...FAILURES });
    else await this.#limitCaller(identity.caller);
    const fault = identity?.byCookie ? crossSiteFault(request, this.#rules.publicOrigin) : undefined;
    const caller = identity?.caller;
    if (caller !== undefined && fault === undefined && permits(caller, permission)) return caller;
    const refusal = refusalOf(caller, permission, fault);
    await this.#refusals.record({
      event_type: "request.refused",
      actor: actorOf(request, caller?.subject),
      resource: { type: "route", id: `${request.method} ${request.routeOptions.url}` },
      reason: refusal.message,
      tenant: caller?.tenant,
    });
    throw refusal;
  }

  /** Who opens a WebSocket, or still holds it open; undefined when it is nobody, or a page of another site. */
  async identifySocket(request: FastifyRequest): Promise<Caller | undefined> {
    const identity = await this.#authentication.identify(request);
    if (identity?.byCookie && !isOwnPage(request, this.#rules.publicOrigin)) return undefined;
    return identity?.caller;
  }

  async #limitCaller({ tenant, subject }: Caller): Promise<void> {
    const rate = this.#rules.requestsPerSecond;
    if (rate === 0) return;
    const limit = (share: number) => ({ burst: rate * share * BURST_SECONDS, perSeconds: BURST_SECONDS });
    await this.#limits.demand(
      { kind: "user", of: `${tenant} ${subject}`, ...limit(1) },
      { kind: "tenant", of: tenant, ...limit(TENANT_SHARE) },
    );
  }
}

/** Who sent a request, for the audit log. */
export function actorOf({ ip, headers }: FastifyRequest, id = "anonymous"): Actor {
  return { type: "user", id, ip_address: ip, user_agent: headers["user-agent"]?.slice(0, 500) ?? null };
}

function refusalOf(caller: Caller | undefined, permission: Permission, fault: string | undefined): ApiError {
  if (caller === undefined) {
    return new ApiError("not_authenticated", "a valid bearer token or session is needed", {
      fix: "log in, or send the header authorization: Bearer TOKEN; ./homeslice token prints one",
    });
  }
  if (fault !== undefined) return new ApiError("not_permitted", `this request is not a page's own: ${fault}`);
  return new ApiError("not_permitted", `the role ${caller.role} does not have the permission ${permission}`);
}
