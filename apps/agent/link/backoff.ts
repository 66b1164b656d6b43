/** Pauses between attempts that fail: random, so that many agents do not come back at once, and ever longer. */
export class Backoff {
  readonly #min: number;
  readonly #max: number;
  readonly #random: () => number;
  #ceiling: number;

  /** @param min, max range of the longest pause in milliseconds; @param random between 0 and 1 */
  constructor(min: number, max: number, random: () => number) {
    this.#min = min;
    this.#max = max;
    this.#random = random;
    this.#ceiling = min;
  }

  /** The next pause in milliseconds: anything up to a ceiling that doubles each time. */
  next(): number {
    const pause = this.#random() * this.#ceiling;
    this.#ceiling = Math.min(this.#max, this.#ceiling * 2);
    return pause;
  }

  /** The last attempt was a success. */
  reset(): void {
    this.#ceiling = this.#min;
  }
}
