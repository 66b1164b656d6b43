import { type FSWatcher, watch } from "node:fs";
import { type Clock, pause } from "../clock.ts";

/** Waits for changes of some files in a directory. The kernel's reports are a help, not a promise: every wait has a limit. */
export class DirectoryWatch {
  readonly #clock: Clock;
  readonly #watcher: FSWatcher | undefined;
  #changed = new AbortController();

  constructor(directory: string, names: readonly string[], clock: Clock) {
    this.#clock = clock;
    this.#watcher = watchIfPossible(directory, (name) => {
      if (name === null || names.includes(name)) this.wake();
    });
  }

  /** Ends the wait that goes on, or the next one. */
  wake(): void {
    this.#changed.abort();
  }

  /** Resolves at the first change since the last call, at the latest after some milliseconds. */
  async next(milliseconds: number): Promise<void> {
    await pause(this.#clock, milliseconds, this.#changed.signal);
    this.#changed = new AbortController();
  }

  close(): void {
    this.#watcher?.close();
    this.wake();
  }
}

/** Watches are limited per user by the kernel; without one, the limit of the wait does the work. */
function watchIfPossible(directory: string, onChange: (name: string | null) => void): FSWatcher | undefined {
  try {
    return watch(directory, (_, name) => onChange(name)).on("error", () => {});
  } catch {
    return undefined;
  }
}
