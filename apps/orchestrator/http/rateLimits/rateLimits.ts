import { ApiError } from "@homeslice/protocol";
import type { Context } from "../../context.ts";
import { type Limit, TokenBuckets } from "./tokenBuckets.ts";

/** What is limited. */
export type LimitKind = "user" | "tenant" | "failures" | "password" | "login" | "hooks";

/** Somebody wants one of what is limited. */
export interface Demand extends Limit {
  readonly kind: LimitKind;
  /** Whose bucket it is. */
  readonly of: string;
}

/** Buckets that all orchestrators share. */
export interface SharedBuckets {
  /** @returns seconds to wait for the first that is empty and its place, undefined when none is. @throws when they are out of reach */
  take(demands: readonly Demand[]): Promise<Shortage | undefined>;
  close(): void;
}

export interface Shortage {
  readonly place: number;
  readonly seconds: number;
}

/** How long buckets that were out of reach are left alone, in milliseconds. */
const RETRY_MS = 1_000;

/** Holds everybody to their limits: by shared buckets where there are such, by those of this process otherwise. */
export class RateLimits {
  readonly #context: Context;
  readonly #own: TokenBuckets;
  readonly #shared: SharedBuckets | undefined;
  #ownUntil = 0;

  constructor(context: Context, shared?: SharedBuckets) {
    this.#context = context;
    this.#own = new TokenBuckets(context.now);
    this.#shared = shared;
  }

  /** Takes one of each, in this order. @throws TooManyRequests at the first that is empty */
  async demand(...demands: readonly Demand[]): Promise<void> {
    const shortage = await this.#take(demands);
    if (shortage === undefined) return;
    this.#context.metrics.limited.inc({ limit: demands[shortage.place]?.kind ?? "user" });
    throw new TooManyRequests(Math.ceil(shortage.seconds));
  }

  async #take(demands: readonly Demand[]): Promise<Shortage | undefined> {
    const { now, log, metrics } = this.#context;
    if (this.#shared === undefined || now().getTime() < this.#ownUntil) return this.#takeOwn(demands);
    try {
      return await this.#shared.take(demands);
    } catch (error) {
      // Each orchestrator for itself is less than all together, and far better than no limit, or than nobody let in.
      log.warn({ err: error }, "the shared rate limits are out of reach: each orchestrator limits by itself");
      metrics.limitFallbacks.inc();
      this.#ownUntil = now().getTime() + RETRY_MS;
      return this.#takeOwn(demands);
    }
  }

  #takeOwn(demands: readonly Demand[]): Shortage | undefined {
    for (const [place, { kind, of, ...limit }] of demands.entries()) {
      const seconds = this.#own.take(`${kind} ${of}`, limit);
      if (seconds > 0) return { place, seconds };
    }
    return undefined;
  }
}

/** Refused because somebody asks too much; `Retry-After` says when to try again. */
export class TooManyRequests extends ApiError {
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number) {
    super("too_many_requests", "there were too many requests", { fix: `try again in ${retryAfterSeconds} s` });
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
