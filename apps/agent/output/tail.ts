import type { Clock, Timings } from "../clock.ts";
import { hasCode } from "../errors.ts";
import type { IndexRecord } from "../journal/records.ts";
import { type IndexEnd, type OutputFiles, type Stream, streams } from "./outputFiles.ts";
import type { Redactor } from "./redactor.ts";
import { splitOutput } from "./split.ts";

const READ_BYTES = 262_144;
/** Entries of one attempt: beyond that, output is dropped, however few bytes they have. */
const MAX_ENTRIES = 1_000_000;
const MEBIBYTE = 1_048_576;
/** Output that waits to be entered: when the disk is full, so much of it is the reason, or enough to make room. */
const BURDEN_BYTES = MEBIBYTE;

/** What was read of a stream and is not in the index yet: the beginning of a line. */
interface Unfinished {
  offset: number;
  bytes: Buffer;
  grewAt: number;
}

export interface TailOptions {
  readonly files: OutputFiles;
  readonly end: IndexEnd;
  readonly firstSeq: number;
  readonly redactor: Redactor;
  /** Output that is kept, in MiB. */
  readonly limitMb: number;
  readonly clock: Clock;
  readonly timings: Timings;
}

/** Reads what a command writes, as it writes it, covers what is secret, and enters it into the index line by line. */
export class Tail {
  readonly #options: TailOptions;
  /** Where a read puts what is copied out of it before the next one. */
  #room: Buffer | undefined;
  readonly #unfinished: Readonly<Record<Stream, Unfinished>>;
  #nextSeq: number;
  #full: boolean;
  /** Whether more came at a time than one read takes. */
  #flooded = false;

  constructor(options: TailOptions) {
    const { end, firstSeq } = options;
    this.#options = options;
    this.#nextSeq = Math.max(firstSeq, end.lastSeq + 1);
    this.#full = end.full;
    const from = (stream: Stream) => ({ offset: end.offsets[stream], bytes: Buffer.alloc(0), grewAt: 0 });
    this.#unfinished = { stdout: from("stdout"), stderr: from("stderr") };
  }

  /** The sequence number that the next entry gets. */
  get nextSeq(): number {
    return this.#nextSeq;
  }

  /**
   * Enters all there is; what does not fit on a disk that it has filled itself is dropped, and a line says so.
   * @param last nothing will follow: an unfinished line is complete as it is
   */
  async read(last: boolean): Promise<void> {
    try {
      await this.#readAll(last);
    } catch (error) {
      if (!hasCode(error, "ENOSPC", "EDQUOT") || !(await this.#makeRoom())) throw error;
    }
  }

  async #readAll(last: boolean): Promise<void> {
    this.#flooded = false;
    let more = true;
    while (more) {
      more = false;
      for (const stream of streams) if (await this.#readSome(stream)) more = true;
      this.#flooded ||= more;
    }
    if (last && !this.#full) for (const stream of streams) await this.#enter(stream, "all");
    // An attempt that is over may wait for its link for days.
    if (last) this.#room = undefined;
  }

  /** Milliseconds for which output is left to gather: of a flood, what is too much is to be off the disk at once. */
  get gathers(): number {
    return this.#full || this.#flooded ? 0 : this.#options.timings.gather;
  }

  /** Milliseconds until an unfinished line has waited long enough for its end; undefined when there is none. */
  untilQuiet(): number | undefined {
    const waiting = streams.map((stream) => this.#unfinished[stream]).filter(({ bytes }) => bytes.length > 0);
    if (waiting.length === 0 || this.#full) return undefined;
    const { clock, timings } = this.#options;
    const oldest = Math.min(...waiting.map(({ grewAt }) => grewAt));
    // What is held back because it could be the beginning of a secret has been quiet, and waits for what follows.
    return Math.max(1, oldest + timings.quiet - clock.monotonic());
  }

  async #readSome(stream: Stream): Promise<boolean> {
    const { files, clock, timings } = this.#options;
    const unfinished = this.#unfinished[stream];
    if (this.#full) {
      await files.discard(stream, unfinished.offset);
      return false;
    }
    const position = unfinished.offset + unfinished.bytes.length;
    this.#room ??= Buffer.allocUnsafeSlow(READ_BYTES);
    const bytes = await files.readBytes(stream, position, this.#room);
    const more = bytes.length === READ_BYTES;
    // What a flood wrote in vain would have to reach the disk with what is entered, and everything else waits behind that.
    if (more) await files.discard(stream, Math.max(this.#furthest(stream), position + READ_BYTES));
    if (bytes.length > 0) {
      unfinished.bytes = Buffer.concat([unfinished.bytes, bytes]);
      unfinished.grewAt = clock.monotonic();
      await this.#coverSecrets(stream);
    }
    const quiet = clock.monotonic() - unfinished.grewAt >= timings.quiet;
    await this.#enter(stream, quiet ? "flush" : "keep");
    const { limitMb } = this.#options;
    if (this.#isTooMuch()) await this.#stop(stream, `the output went beyond ${limitMb} MiB or ${MAX_ENTRIES} lines`);
    return more && !this.#full;
  }

  /** In the file too: what is sent is read from there, now or after a restart. */
  async #coverSecrets(stream: Stream): Promise<void> {
    const { offset, bytes } = this.#unfinished[stream];
    for (const { start, end } of this.#options.redactor.cover(bytes)) {
      await this.#options.files.overwrite(stream, offset + start, bytes.subarray(start, end));
    }
  }

  async #enter(stream: Stream, rest: "keep" | "flush" | "all"): Promise<void> {
    const { redactor, clock, files } = this.#options;
    const unfinished = this.#unfinished[stream];
    const held = rest === "all" ? 0 : redactor.openEnd(unfinished.bytes);
    const ends = splitOutput(unfinished.bytes.subarray(0, unfinished.bytes.length - held), rest);
    const last = ends.at(-1);
    if (last === undefined) return;
    const at = clock.now().toISOString();
    const entries: IndexRecord[] = ends.map((end, i) => {
      const start = ends[i - 1] ?? 0;
      return { seq: this.#nextSeq + i, stream, offset: unfinished.offset + start, length: end - start, at };
    });
    await files.addEntries(entries);
    this.#nextSeq += entries.length;
    unfinished.offset += last;
    unfinished.bytes = unfinished.bytes.subarray(last);
  }

  #isTooMuch(): boolean {
    return !this.#full && (this.#allowance <= 0 || this.#nextSeq - this.#options.firstSeq >= MAX_ENTRIES);
  }

  /** Bytes that may still be entered. */
  get #allowance(): number {
    const bytes = streams.reduce((sum, stream) => sum + this.#unfinished[stream].offset, 0);
    return this.#options.limitMb * MEBIBYTE - bytes;
  }

  /** Nothing behind this is ever entered; with room for the lines that reach across the limit. */
  #furthest(stream: Stream): number {
    return this.#unfinished[stream].offset + Math.max(0, this.#allowance) + MEBIBYTE;
  }

  /** Drops the output that waits, if that is much. @returns whether it was */
  async #makeRoom(): Promise<boolean> {
    const { files } = this.#options;
    const waiting = await Promise.all(
      streams.map(async (stream) => (await files.size(stream)) - this.#unfinished[stream].offset),
    );
    if (this.#full || waiting.reduce((sum, bytes) => sum + bytes, 0) < BURDEN_BYTES) return false;
    for (const stream of streams) {
      const unfinished = this.#unfinished[stream];
      await files.discard(stream, unfinished.offset);
      unfinished.bytes = Buffer.alloc(0);
    }
    await this.#stop("stdout", "the output has filled the disk of the server");
    return true;
  }

  async #stop(stream: Stream, reason: string): Promise<void> {
    const { files, clock } = this.#options;
    const notice = `[homeslice] ${reason}: the rest is dropped\n`;
    const { offset } = this.#unfinished[stream];
    await files.addEntries([{ seq: this.#nextSeq, stream, offset, length: 1, at: clock.now().toISOString(), notice }]);
    this.#nextSeq++;
    this.#full = true;
  }
}
