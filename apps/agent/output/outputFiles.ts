import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import type { OutputLine } from "@homeslice/protocol/link.ts";
import { type Placed, RecordFile } from "../journal/recordFile.ts";
import { IndexRecord } from "../journal/records.ts";
import { textOf } from "./split.ts";

export type Stream = OutputLine["stream"];
export const streams = ["stdout", "stderr"] as const satisfies readonly Stream[];

/** Where the index ends: what is next to be read of each stream, and the last sequence number given. */
export interface IndexEnd {
  readonly offsets: Readonly<Record<Stream, number>>;
  readonly lastSeq: number;
  /** Whether the rest of the output is dropped. */
  readonly full: boolean;
}

type Handles = Readonly<Record<Stream, FileHandle>>;

/** The output of an attempt on disk: the two files that the command writes, and the index of their entries. */
export class OutputFiles {
  readonly #index: RecordFile<IndexRecord>;
  readonly #files: Handles;
  readonly #cover: Handles;

  static async open(directory: string): Promise<{ files: OutputFiles; end: IndexEnd }> {
    const offsets = { stdout: 0, stderr: 0 };
    let lastSeq = 0;
    let full = false;
    const index = await RecordFile.open(join(directory, "lines.ndjson"), IndexRecord, ({ record }) => {
      offsets[record.stream] = record.offset + record.length;
      lastSeq = record.seq;
      full = record.notice !== undefined;
    });
    const [stdout, stderr] = await Promise.all([
      open(join(directory, "stdout"), "a+", 0o600),
      open(join(directory, "stderr"), "a+", 0o600),
    ]);
    // A file that is opened for appending takes nothing elsewhere.
    const cover = {
      stdout: await open(join(directory, "stdout"), "r+"),
      stderr: await open(join(directory, "stderr"), "r+"),
    };
    return { files: new OutputFiles(index, { stdout, stderr }, cover), end: { offsets, lastSeq, full } };
  }

  private constructor(index: RecordFile<IndexRecord>, files: Handles, cover: Handles) {
    this.#index = index;
    this.#files = files;
    this.#cover = cover;
  }

  /** What was written of a stream from an offset on, at most what fits into `room`, none at the end. It lies in `room`. */
  async readBytes(stream: Stream, offset: number, room: Buffer): Promise<Buffer> {
    const { bytesRead } = await this.#files[stream].read(room, 0, room.length, offset);
    return room.subarray(0, bytesRead);
  }

  /** Bytes that a stream has. */
  async size(stream: Stream): Promise<number> {
    return (await this.#files[stream].stat()).size;
  }

  /** Adds entries to the index; they and the output they point at are on disk afterwards. */
  async addEntries(entries: readonly IndexRecord[]): Promise<void> {
    for (const stream of new Set(entries.map((entry) => entry.stream))) await this.#files[stream].datasync();
    await this.#index.append(entries);
  }

  /** Replaces bytes that were written already, on disk too. */
  async overwrite(stream: Stream, offset: number, bytes: Buffer): Promise<void> {
    await this.#cover[stream].write(bytes, 0, bytes.length, offset);
  }

  /** Gives back the disk that a stream takes from an offset on. Its writers append, and so go on from there. */
  async discard(stream: Stream, offset: number): Promise<void> {
    if ((await this.size(stream)) > offset) await this.#cover[stream].truncate(offset);
  }

  /** Some of the entries from a position of the index on. */
  async entries(position: number): Promise<Placed<IndexRecord>[]> {
    return await this.#index.read(position);
  }

  /** The lines of consecutive entries. */
  async lines(entries: readonly IndexRecord[]): Promise<OutputLine[]> {
    const read = { stdout: await this.#extent("stdout", entries), stderr: await this.#extent("stderr", entries) };
    return entries.map(({ seq, stream, offset, length, at, notice }) => {
      if (notice !== undefined) return { seq, stream, text: notice, at };
      const { bytes, start } = read[stream];
      return { seq, stream, text: textOf(bytes.subarray(offset - start, offset - start + length)), at };
    });
  }

  async close(): Promise<void> {
    const handles = [this.#files, this.#cover].flatMap(({ stdout, stderr }) => [stdout, stderr]);
    await Promise.all([this.#index, ...handles].map((handle) => handle.close()));
  }

  /** Entries of one stream that follow each other lie side by side: one read gets them all. */
  async #extent(stream: Stream, entries: readonly IndexRecord[]): Promise<{ bytes: Buffer; start: number }> {
    const own = entries.filter((entry) => entry.stream === stream && entry.notice === undefined);
    const [first, last] = [own[0], own.at(-1)];
    if (first === undefined || last === undefined) return { bytes: Buffer.alloc(0), start: 0 };
    const bytes = await this.readBytes(stream, first.offset, Buffer.alloc(last.offset + last.length - first.offset));
    return { bytes, start: first.offset };
  }
}
