import type { Finish, OutputLine } from "@homeslice/protocol/link.ts";
import type { Placed } from "../journal/recordFile.ts";
import type { IndexRecord } from "../journal/records.ts";
import type { OutputFiles } from "./outputFiles.ts";

/** Lines in one frame, and their bytes: even as JSON at its longest, a frame stays below what the link takes. */
const BATCH_LINES = 1_000;
const BATCH_BYTES = 131_072;
/** Bytes that may be on their way without being stored: beyond that, the sender waits for the orchestrator. */
const WINDOW_BYTES = 1_048_576;

/** Where the outbox sends: false means that the link is down and nothing was sent. */
export interface Carrier {
  output(lines: OutputLine[]): boolean;
  finished(finish: Finish): boolean;
}

/** A batch that was sent and is not stored yet. */
interface Sent {
  readonly position: number;
  readonly lastSeq: number;
  readonly bytes: number;
}

/**
 * Sends the output of an attempt, each line once and in order, and then its end. All it holds in memory is how far it
 * got: the lines come from the files, so a link that was down for a day costs nothing.
 */
export class Outbox {
  readonly #files: OutputFiles;
  readonly #carrier: Carrier;
  #finish: Finish | undefined;
  #finishSent = false;
  #position = 0;
  #storedSeq = 0;
  #sent: Sent[] = [];
  /** Counts the links, so that a batch read for one is not sent on the next. */
  #link = 0;
  #open = false;
  #sending: Promise<void> | undefined;
  #again = false;

  constructor(files: OutputFiles, carrier: Carrier) {
    this.#files = files;
    this.#carrier = carrier;
  }

  /** The link is up and the orchestrator has stored all up to `storedSeq`: sends what comes after. */
  async resume(storedSeq: number): Promise<void> {
    this.#link++;
    this.#open = true;
    this.#finishSent = false;
    // Back to the first batch that is not stored, or to the start when not even that is known to be stored.
    const unstored = this.#sent.find((batch) => batch.lastSeq > storedSeq);
    this.#position = storedSeq < this.#storedSeq ? 0 : (unstored?.position ?? this.#position);
    this.#storedSeq = storedSeq;
    this.#sent = [];
    await this.send();
  }

  pause(): void {
    this.#link++;
    this.#open = false;
  }

  /** All up to `seq` is stored durably. */
  async stored(seq: number): Promise<void> {
    this.#storedSeq = Math.max(this.#storedSeq, seq);
    this.#sent = this.#sent.filter((batch) => batch.lastSeq > seq);
    await this.send();
  }

  /** The attempt is over: the end is sent after the last line. */
  async close(finish: Finish): Promise<void> {
    this.#finish = finish;
    await this.send();
  }

  /** Sends the end again, if it was sent. */
  async repeatFinish(): Promise<void> {
    this.#finishSent = false;
    await this.send();
  }

  /** Sends what can be sent now. */
  async send(): Promise<void> {
    this.#again = true;
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined;
    });
    await this.#sending;
  }

  /** Stops for good; nothing is read from the files afterwards. */
  async stop(): Promise<void> {
    this.pause();
    await this.#sending;
  }

  async #sendAll(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      while (await this.#sendBatch());
    }
  }

  async #sendBatch(): Promise<boolean> {
    if (!this.#open || this.#onTheWay() >= WINDOW_BYTES) return false;
    const link = this.#link;
    const position = this.#position;
    const batch = takeBatch(await this.#files.entries(position));
    const last = batch.at(-1);
    if (last === undefined) {
      if (link === this.#link) this.#sendFinish();
      return false;
    }
    const entries = batch.map(({ record }) => record).filter(({ seq }) => seq > this.#storedSeq);
    const lines = await this.#files.lines(entries);
    if (link !== this.#link) return true;
    if (lines.length > 0 && !this.#carrier.output(lines)) return false;
    if (lines.length > 0) this.#sent.push({ position, lastSeq: last.record.seq, bytes: bytesOf(entries) });
    this.#position = last.next;
    return true;
  }

  #sendFinish(): void {
    if (this.#finish === undefined || this.#finishSent) return;
    this.#finishSent = this.#carrier.finished(this.#finish);
  }

  #onTheWay(): number {
    return this.#sent.reduce((sum, batch) => sum + batch.bytes, 0);
  }
}

function takeBatch(entries: Placed<IndexRecord>[]): Placed<IndexRecord>[] {
  let bytes = 0;
  const end = entries.findIndex(({ record }, i) => {
    bytes += record.length;
    return i >= BATCH_LINES || bytes > BATCH_BYTES;
  });
  return end < 0 ? entries : entries.slice(0, Math.max(end, 1));
}

function bytesOf(entries: readonly IndexRecord[]): number {
  return entries.reduce((sum, { length }) => sum + length, 0);
}
