import type { Clock } from "./clock.ts";

/** When the circuit breaker opens, and for how long. */
export interface BreakerSettings {
  /** Failures in a row that open it. */
  readonly failures: number;
  readonly openMs: number;
}

/**
 * Keeps requests away from a server that has failed many times in a row. After the pause a single request tries
 * whether it is well again: the breaker closes when that succeeds, and opens again when it fails.
 */
export class CircuitBreaker {
  readonly #settings: BreakerSettings;
  readonly #clock: Pick<Clock, "now">;
  #failures = 0;
  #openUntil: number | undefined;
  #probing = false;

  constructor(settings: BreakerSettings, clock: Pick<Clock, "now">) {
    this.#settings = settings;
    this.#clock = clock;
  }

  /** Whether a request may go out now; a request that may must report its end. */
  admits(): boolean {
    if (this.#openUntil === undefined) return true;
    if (this.#probing || this.#clock.now() < this.#openUntil) return false;
    this.#probing = true;
    return true;
  }

  /** Reports the end of an admitted request. */
  report(healthy: boolean): void {
    this.#probing = false;
    if (healthy) {
      this.#failures = 0;
      this.#openUntil = undefined;
    } else if (++this.#failures >= this.#settings.failures) {
      this.#openUntil = this.#clock.now() + this.#settings.openMs;
    }
  }
}
