/** How much may happen: `burst` at once, and as much again every `perSeconds`. */
export interface Limit {
  readonly burst: number;
  readonly perSeconds: number;
}

/** Buckets that are remembered; beyond that the one that was touched longest ago is forgotten. */
const MAX_BUCKETS = 50_000;

/** Token buckets of this process, by name: each refills steadily, and a request that finds its bucket empty is refused. */
export class TokenBuckets {
  readonly #now: () => Date;
  readonly #buckets = new Map<string, { level: number; at: number }>();

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** Takes one from a bucket. @returns seconds until there is one again; 0 when there was one */
  take(name: string, { burst, perSeconds }: Limit): number {
    const at = this.#now().getTime() / 1_000;
    const rate = burst / perSeconds;
    const bucket = this.#buckets.get(name) ?? { level: burst, at };
    // A clock that was set back refills nothing, and takes nothing away.
    const level = Math.min(burst, bucket.level + Math.max(0, at - bucket.at) * rate);
    const enough = level >= 1;
    this.#buckets.delete(name);
    this.#buckets.set(name, { level: enough ? level - 1 : level, at });
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > MAX_BUCKETS && oldest !== undefined) this.#buckets.delete(oldest);
    return enough ? 0 : (1 - level) / rate;
  }
}
