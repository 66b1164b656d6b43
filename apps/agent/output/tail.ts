import type { Clock, Timings } from "../clock.ts";
import type { IndexRecord } from "../journal/records.ts";
import { type IndexEnd, type OutputFiles, type Stream, streams } from "./outputFiles.ts";
import { splitOutput } from "./split.ts";

const READ_BYTES = 262_144;

/** What was read of a stream and is not in the index yet: the beginning of a line. */
interface Unfinished {
  offset: number;
  bytes: Buffer;
  grewAt: number;
}

/** Reads what a command writes, as it writes it, and enters it into the index line by line. */
export class Tail {
  readonly #files: OutputFiles;
  readonly #clock: Clock;
  readonly #quiet: number;
  readonly #unfinished: Readonly<Record<Stream, Unfinished>>;
  #nextSeq: number;

  constructor(files: OutputFiles, end: IndexEnd, firstSeq: number, clock: Clock, timings: Timings) {
    this.#files = files;
    this.#clock = clock;
    this.#quiet = timings.quiet;
    this.#nextSeq = Math.max(firstSeq, end.lastSeq + 1);
    const from = (stream: Stream) => ({ offset: end.offsets[stream], bytes: Buffer.alloc(0), grewAt: 0 });
    this.#unfinished = { stdout: from("stdout"), stderr: from("stderr") };
  }

  /** The sequence number that the next entry gets. */
  get nextSeq(): number {
    return this.#nextSeq;
  }

  /** Enters all there is. @param last nothing will follow: an unfinished line is complete as it is */
  async read(last: boolean): Promise<void> {
    let more = true;
    while (more) {
      more = false;
      for (const stream of streams) if (await this.#readSome(stream)) more = true;
    }
    if (last) for (const stream of streams) await this.#enter(stream, "all");
  }

  /** Milliseconds until an unfinished line has waited long enough for its end; undefined when there is none. */
  untilQuiet(): number | undefined {
    const waiting = streams.map((stream) => this.#unfinished[stream]).filter(({ bytes }) => bytes.length > 0);
    if (waiting.length === 0) return undefined;
    const oldest = Math.min(...waiting.map(({ grewAt }) => grewAt));
    return Math.max(0, oldest + this.#quiet - this.#clock.monotonic());
  }

  async #readSome(stream: Stream): Promise<boolean> {
    const unfinished = this.#unfinished[stream];
    const bytes = await this.#files.readBytes(stream, unfinished.offset + unfinished.bytes.length, READ_BYTES);
    if (bytes.length > 0) {
      unfinished.bytes = Buffer.concat([unfinished.bytes, bytes]);
      unfinished.grewAt = this.#clock.monotonic();
    }
    const quiet = this.#clock.monotonic() - unfinished.grewAt >= this.#quiet;
    await this.#enter(stream, quiet ? "flush" : "keep");
    return bytes.length > 0;
  }

  async #enter(stream: Stream, rest: "keep" | "flush" | "all"): Promise<void> {
    const unfinished = this.#unfinished[stream];
    const ends = splitOutput(unfinished.bytes, rest);
    const last = ends.at(-1);
    if (last === undefined) return;
    const at = this.#clock.now().toISOString();
    const entries: IndexRecord[] = ends.map((end, i) => {
      const start = ends[i - 1] ?? 0;
      return { seq: this.#nextSeq + i, stream, offset: unfinished.offset + start, length: end - start, at };
    });
    await this.#files.addEntries(entries);
    this.#nextSeq += entries.length;
    unfinished.offset += last;
    unfinished.bytes = unfinished.bytes.subarray(last);
  }
}
