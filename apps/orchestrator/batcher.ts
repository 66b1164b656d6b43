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
  #waiting: Entry<Item, Result>[] = [];
  #running = false;

  /** @param write gives one result for each item, in their order @param limit items in a batch, at most */
  constructor(write: (items: readonly Item[]) => Promise<readonly Result[]>, limit: number) {
    this.#write = write;
    this.#limit = limit;
  }

  /** Resolves when the item has been written. */
  submit(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (this.#running) return;
      this.#running = true;
      // What else comes in this turn of the event loop goes along.
      setImmediate(() => this.#run());
    });
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, this.#limit);
      this.#waiting = this.#waiting.slice(this.#limit);
      await this.#writeBatch(batch);
    }
    this.#running = false;
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
