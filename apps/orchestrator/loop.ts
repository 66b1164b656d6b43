import type { Logger } from "pino";

/**
 * Does one piece of work again and again: when it is woken, and after `intervalMs` at the latest; never twice at
 * once. A failure is logged, and the next round tries again.
 */
export class Loop {
  readonly #name: string;
  readonly #work: () => Promise<void>;
  readonly #intervalMs: number;
  readonly #log: Logger;
  #wake: (() => void) | undefined;
  #woken = false;
  #stopped = false;
  #done: Promise<void> | undefined;

  constructor(name: string, work: () => Promise<void>, intervalMs: number, log: Logger) {
    this.#name = name;
    this.#work = work;
    this.#intervalMs = intervalMs;
    this.#log = log;
  }

  start(): void {
    this.#done = this.#run();
  }

  /** Asks for a round as soon as possible; several requests during one round make one more. */
  wake(): void {
    this.#woken = true;
    this.#wake?.();
  }

  /** Ends after the round that is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.wake();
    await this.#done;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      this.#woken = false;
      try {
        await this.#work();
      } catch (error) {
        this.#log.error({ err: error, loop: this.#name }, "a round failed and will be tried again");
        // Not at once: what failed may need a moment, and a wake-up must not turn this into a spin.
        this.#woken = false;
      }
      if (!this.#woken) await this.#sleep();
    }
  }

  async #sleep(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.#intervalMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.#stopped) this.#wake();
    });
    this.#wake = undefined;
  }
}
