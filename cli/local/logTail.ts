import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";

const CHUNK_BYTES = 1024 * 1024;

/** Reads a log file line by line, each call from where the last one ended; begins anew when the file was emptied. */
export class LogTail {
  readonly #path: string;
  #offset = 0;
  #decoder = new StringDecoder("utf8");
  #unfinished = "";

  constructor(path: string) {
    this.#path = path;
  }

  /** The whole lines that were added since the last call. */
  read(): string[] {
    const lines = (this.#unfinished + this.#added()).split("\n");
    this.#unfinished = lines.pop() ?? "";
    return lines;
  }

  #added(): string {
    let file: number;
    try {
      file = openSync(this.#path, "r");
    } catch {
      return ""; // not written yet
    }
    try {
      if (fstatSync(file).size < this.#offset) this.#startOver();
      const buffer = Buffer.alloc(CHUNK_BYTES);
      let text = "";
      for (;;) {
        const length = readSync(file, buffer, 0, CHUNK_BYTES, this.#offset);
        if (length === 0) return text;
        this.#offset += length;
        text += this.#decoder.write(buffer.subarray(0, length));
      }
    } finally {
      closeSync(file);
    }
  }

  #startOver(): void {
    this.#offset = 0;
    this.#decoder = new StringDecoder("utf8");
    this.#unfinished = "";
  }
}
