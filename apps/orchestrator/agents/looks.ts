/**
 * Looks at the database whose results are acted on in memory. A result may be older than what has happened meanwhile, so
 * what would tell it from news is forgotten only once every look has ended that may still show the state before.
 */
export class Looks {
  #begun = 0;
  /** Numbers of the looks that have not ended, in the order in which they began. */
  readonly #underWay = new Set<number>();
  /** What is to be forgotten, in order, each after the look that had begun last. */
  #waiting: { readonly last: number; readonly forget: () => void }[] = [];

  /** Takes a look, and acts on it: all of that is the look. */
  async take<Result>(look: () => Promise<Result>): Promise<Result> {
    const number = ++this.#begun;
    this.#underWay.add(number);
    try {
      return await look();
    } finally {
      this.#underWay.delete(number);
      this.#forget();
    }
  }

  /** Forgets when no look is under way that began before now. */
  afterwards(forget: () => void): void {
    if (this.#underWay.size === 0) forget();
    else this.#waiting.push({ last: this.#begun, forget });
  }

  #forget(): void {
    const [oldest = Number.POSITIVE_INFINITY] = this.#underWay;
    const kept = this.#waiting.findIndex(({ last }) => last >= oldest);
    const due = this.#waiting.splice(0, kept < 0 ? this.#waiting.length : kept);
    for (const { forget } of due) forget();
  }
}
