/** Short breaks, such as the orchestrator starting again, are not worth a word. */
const NOTICE_MS = 2_000;
/** A contact that comes and goes within this time is none. */
const STEADY_MS = 2_000;

export interface ContactOptions {
  /** Milliseconds without contact after which it is given up; undefined waits as long as it takes. */
  readonly limitMs: number | undefined;
  readonly notice: (text: string) => void;
  readonly giveUp: (reason: string) => void;
}

/** Watches whether the execution can be seen: speaks up when it cannot, and gives up after a while. */
export class Contact {
  readonly #options: ContactOptions;
  /** What is out of reach, or was a moment ago. */
  #reason: string | undefined;
  #noticed = false;
  #waiting: NodeJS.Timeout[] = [];
  #settling: NodeJS.Timeout | undefined;

  constructor(options: ContactOptions) {
    this.#options = options;
  }

  /** Says what is out of reach, or that all is in sight again. */
  report(reason: string | undefined): void {
    if (reason === undefined) {
      if (this.#reason !== undefined) this.#settling ??= setTimeout(() => this.#found(), STEADY_MS);
      return;
    }
    clearTimeout(this.#settling);
    this.#settling = undefined;
    const before = this.#reason;
    this.#reason = reason;
    if (before === undefined) this.#lost();
  }

  end(): void {
    clearTimeout(this.#settling);
    this.#settling = undefined;
    for (const timer of this.#waiting.splice(0)) clearTimeout(timer);
  }

  #lost(): void {
    const { limitMs, giveUp } = this.#options;
    this.#waiting.push(setTimeout(() => this.#notice(), NOTICE_MS));
    if (limitMs !== undefined) this.#waiting.push(setTimeout(() => giveUp(this.#reason ?? "no contact"), limitMs));
  }

  #notice(): void {
    if (this.#settling) return;
    const { limitMs, notice } = this.#options;
    this.#noticed = true;
    notice(`${this.#reason}; waiting${limitMs === undefined ? "" : ` for up to ${limitMs / 1000} s`}`);
  }

  #found(): void {
    this.end();
    this.#reason = undefined;
    if (this.#noticed) this.#options.notice("in contact again");
    this.#noticed = false;
  }
}
