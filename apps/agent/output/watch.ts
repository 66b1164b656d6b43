import { type FSWatcher, watch } from "node:fs";
import { type Clock, pause } from "../clock.ts";

export interface Watched {
  readonly directory: string;
  /** Files that may change often: their changes that follow each other closely are told together. */
  readonly often: readonly string[];
  /** Files whose changes are told at once. */
  readonly seldom: readonly string[];
}

/** Waits for changes of some files in a directory. The kernel's reports are a help, not a promise: every wait has a limit. */
export class DirectoryWatch {
  readonly #clock: Clock;
  readonly #watcher: FSWatcher | undefined;
  #changed = new AbortController();
  #urgent = new AbortController();
  /** When the last wait ended. */
  #told = Number.NEGATIVE_INFINITY;

  constructor({ directory, often, seldom }: Watched, clock: Clock) {
    this.#clock = clock;
    this.#watcher = watchIfPossible(directory, (name) => {
      if (name === null || seldom.includes(name)) this.wake();
      else if (often.includes(name)) note(this.#changed);
    });
  }

  /** Ends the wait that goes on, or the next one, at once. */
  wake(): void {
    note(this.#urgent);
    note(this.#changed);
  }

  /**
   * Resolves at the first change since the last call, at the latest after some milliseconds.
   * @param gather milliseconds since the last call in which frequent changes are only gathered
   * @returns whether all that is known to have happened is that files changed which may change often
   */
  async next(milliseconds: number, gather: number): Promise<boolean> {
    const end = this.#clock.monotonic() + milliseconds;
    await pause(this.#clock, milliseconds, this.#changed.signal);
    const early = Math.min(end, this.#told + gather) - this.#clock.monotonic();
    if (early > 0) await pause(this.#clock, early, this.#urgent.signal);
    const usual = this.#changed.signal.aborted && !this.#urgent.signal.aborted;
    this.#changed = new AbortController();
    this.#urgent = new AbortController();
    this.#told = this.#clock.monotonic();
    return usual;
  }

  close(): void {
    this.#watcher?.close();
    this.wake();
  }
}

/** An error, which would be made as the reason each time, costs more than all the rest. */
function note(event: AbortController): void {
  event.abort("happened");
}

/** Watches are limited per user by the kernel; without one, the limit of the wait does the work. */
function watchIfPossible(directory: string, onChange: (name: string | null) => void): FSWatcher | undefined {
  try {
    return watch(directory, (_, name) => onChange(name)).on("error", () => {});
  } catch {
    return undefined;
  }
}
