/** Lets a few work at a time; the others wait, in the order in which they came. */
export class Turns {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  /** @param count how many work at a time */
  constructor(count: number) {
    this.#free = count;
  }

  /** Whether one could work now without waiting for others. */
  get areFree(): boolean {
    return this.#free > 0;
  }

  /** Does some work when it is its turn. */
  async take<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }
}
