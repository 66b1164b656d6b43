const noTurn = () => {};

/** Lets a limited number go on at a time; the others wait in the order in which they came. */
export class Turns {
  readonly #limit: number;
  readonly #waiting = new Set<() => void>();
  #taken = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Resolves when it is the caller's turn, to what ends the turn; or, without a turn, when the signal aborts. */
  async take(signal: AbortSignal): Promise<() => void> {
    if (signal.aborted) return noTurn;
    if (this.#taken < this.#limit) return this.force();
    return await new Promise((resolve) => {
      const giveUp = () => {
        this.#waiting.delete(go);
        resolve(noTurn);
      };
      const go = () => {
        this.#waiting.delete(go);
        signal.removeEventListener("abort", giveUp);
        resolve(this.force());
      };
      this.#waiting.add(go);
      signal.addEventListener("abort", giveUp, { once: true });
    });
  }

  /** A turn beyond the limit, for what runs already. */
  force(): () => void {
    this.#taken++;
    return () => {
      this.#taken--;
      if (this.#taken >= this.#limit) return;
      for (const go of this.#waiting) return go();
    };
  }
}
