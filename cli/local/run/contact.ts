/** Short breaks, such as the orchestrator starting again, are not worth a word. */
const NOTICE_MS = 2_000;

export interface ContactOptions {
  /** Milliseconds without contact after which it is given up; undefined waits as long as it takes. */
  readonly limitMs: number | undefined;
  readonly notice: (text: string) => void;
  readonly giveUp: (reason: string) => void;
}

/** Watches whether the execution can be seen: speaks up when it cannot, and gives up after a while. */
export class Contact {
  readonly #options: ContactOptions;
  #reason: string | undefined;
  #noticed = false;
  #timers: NodeJS.Timeout[] = [];

  constructor(options: ContactOptions) {
    this.#options = options;
  }

  /** Says what is out of reach, or that all is in sight again. */
  report(reason: string | undefined): void {
    if (reason === this.#reason) return;
    const before = this.#reason;
    this.#reason = reason;
    if (reason === undefined) this.#found();
    else if (before === undefined) this.#lost();
  }

  end(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers = [];
  }

  #lost(): void {
    const { limitMs, giveUp } = this.#options;
    this.#timers.push(setTimeout(() => this.#notice(), NOTICE_MS));
    if (limitMs !== undefined) this.#timers.push(setTimeout(() => giveUp(this.#reason ?? "no contact"), limitMs));
  }

  #notice(): void {
    const { limitMs, notice } = this.#options;
    this.#noticed = true;
    notice(`${this.#reason}; waiting${limitMs === undefined ? "" : ` for up to ${limitMs / 1000} s`}`);
  }

  #found(): void {
    this.end();
    if (this.#noticed) this.#options.notice("in contact again");
    this.#noticed = false;
  }
}
