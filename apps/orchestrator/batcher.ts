interface Entry<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes many things together: while one batch is being written, the next one gathers. Batches are written one after
 * the other, in the order in which their items came.
 */
export class Batcher<Item, Result> {
  readonly #write: (items: readonly Item[]) => Promise<readonly Result[]>;
  readonly #limit: number;
  readonly #gatherMs: number;
  #waiting: Entry<Item, Result>[] = [];
  #running = false;

  /**
   * @param write gives one result for each item, in their order @param limit items in a batch, at most
   * @param gatherMs how long an item waits for others, where none is in a hurry; default: what else comes in its turn of
   * the event loop goes along
   */
  constructor(write: (items: readonly Item[]) => Promise<readonly Result[]>, limit: number, gatherMs = 0) {
    this.#write = write;
    this.#limit = limit;
    this.#gatherMs = gatherMs;
  }

  /** Resolves when the item has been written. */
  submit(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (this.#running) return;
      this.#running = true;
      this.#gather();
    });
  }

  #gather(): void {
    if (this.#gatherMs > 0) setTimeout(() => this.#run(), this.#gatherMs);
    else setImmediate(() => this.#run());
  }

  async #run(): Promise<void> {
    do {
      const batch = this.#waiting.slice(0, this.#limit);
      this.#waiting = this.#waiting.slice(this.#limit);
      await this.#writeBatch(batch);
    } while (this.#waiting.length > 0 && this.#gatherMs === 0);
    this.#running = this.#waiting.length > 0;
    if (this.#running) this.#gather();
  }

  async #writeBatch(batch: readonly Entry<Item, Result>[]): Promise<void> {
    try {
      const results = await this.#write(batch.map(({ item }) => item));
      for (const [index, { resolve, reject }] of batch.entries()) {
        const result = results[index];
        if (result === undefined) reject(new RangeError("a batch gave fewer results than it had items"));
        else resolve(result);
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}
