import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { z } from "zod";

const CHUNK_BYTES = 65_536;
const NEWLINE = 10;
/** What is written is on disk when the write returns: that is sooner there than by a flush of its own. */
const DURABLE_APPEND = constants.O_CREAT | constants.O_APPEND | constants.O_RDWR | constants.O_DSYNC;

/** A record, and the position of the one after it. */
export interface Placed<T> {
  readonly record: T;
  readonly next: number;
}

/**
 * An append-only file of JSON records, one a line. A record is on disk when `append` returns. What a crash left of a
 * record that was not complete is cut off when the file is opened.
 */
export class RecordFile<T> {
  readonly #file: FileHandle;
  readonly #schema: z.ZodType<T>;
  #size = 0;
  /** Whether the last append failed, perhaps half-way. */
  #torn = false;

  /** Opens the file, made if need be, and shows every record that it holds. */
  static async open<T>(path: string, schema: z.ZodType<T>, visit: (placed: Placed<T>) => void): Promise<RecordFile<T>> {
    const file = new RecordFile(await open(path, DURABLE_APPEND, 0o600), schema);
    try {
      await file.#load(visit);
    } catch (error) {
      await file.close();
      throw error;
    }
    return file;
  }

  private constructor(file: FileHandle, schema: z.ZodType<T>) {
    this.#file = file;
    this.#schema = schema;
  }

  get size(): number {
    return this.#size;
  }

  async append(records: readonly T[]): Promise<void> {
    const bytes = Buffer.from(records.map((record) => `${JSON.stringify(record)}\n`).join(""));
    // A full disk takes half a record: without it, the next one starts on a line of its own.
    if (this.#torn) await this.#file.truncate(this.#size);
    this.#torn = true;
    await this.#file.appendFile(bytes);
    this.#torn = false;
    this.#size += bytes.length;
  }

  /** Some of the records from a position on, none at the end. */
  async read(position: number): Promise<Placed<T>[]> {
    for (let length = CHUNK_BYTES; ; length *= 2) {
      const wanted = Math.min(length, this.#size - position);
      const { buffer, bytesRead } = await this.#file.read(Buffer.alloc(wanted), 0, wanted, position);
      const end = buffer.lastIndexOf(NEWLINE, bytesRead - 1) + 1;
      if (end > 0) return this.#parse(buffer.subarray(0, end), position);
      if (bytesRead < length) return [];
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async #load(visit: (placed: Placed<T>) => void): Promise<void> {
    this.#size = (await this.#file.stat()).size;
    let end = 0;
    for (;;) {
      const chunk = await this.read(end);
      for (const placed of chunk) visit(placed);
      const last = chunk.at(-1);
      if (last === undefined) break;
      end = last.next;
    }
    if (end < this.#size) await this.#file.truncate(end);
    this.#size = end;
  }

  #parse(lines: Buffer, position: number): Placed<T>[] {
    const placed: Placed<T>[] = [];
    for (let start = 0; start < lines.length; ) {
      const end = lines.indexOf(NEWLINE, start) + 1;
      const record = this.#schema.parse(JSON.parse(lines.toString("utf8", start, end)));
      placed.push({ record, next: position + end });
      start = end;
    }
    return placed;
  }
}
