import { closeSync, fstatSync, openSync, renameSync, writeSync } from "node:fs";

export interface RotationOptions {
  readonly path: string;
  /** Size at which a file is put aside, in bytes. */
  readonly maxBytes: number;
  /** Files that are kept, the current one among them. */
  readonly files: number;
}

/** A log file that does not grow without end: `agent.log` becomes `agent.log.1`, and so on; the oldest goes. */
export class RotatingFile {
  readonly #options: RotationOptions;
  #descriptor: number;
  #size: number;

  constructor(options: RotationOptions) {
    this.#options = options;
    this.#descriptor = openSync(options.path, "a", 0o600);
    this.#size = fstatSync(this.#descriptor).size;
  }

  write(line: string): void {
    const bytes = Buffer.byteLength(line);
    if (this.#size > 0 && this.#size + bytes > this.#options.maxBytes) this.#rotate();
    this.#size += writeSync(this.#descriptor, line);
  }

  #rotate(): void {
    const { path, files } = this.#options;
    const name = (index: number) => (index === 0 ? path : `${path}.${index}`);
    closeSync(this.#descriptor);
    for (let index = files - 2; index >= 0; index--) {
      try {
        renameSync(name(index), name(index + 1));
      } catch {
        // there were not that many files yet
      }
    }
    this.#descriptor = openSync(path, files > 1 ? "a" : "w", 0o600);
    this.#size = 0;
  }
}
