import type { LogEntry } from "@homeslice/protocol/executions.ts";

/** One line as the view holds it. */
export interface LogLine {
  /** Grows by one with each line that is taken in; the line's name in the view as long as it is held. */
  readonly index: number;
  readonly serverId: string;
  readonly seq: number;
  readonly stream: "stdout" | "stderr";
  readonly text: string;
  readonly at: string;
}

/**
 * The output of one execution as far as it is held: every line of every server once and in its order, whatever comes
 * doubled or too early, and the oldest given up when there are more than fit.
 */
export class LogBuffer {
  readonly #capacity: number;
  #lines: LogLine[] = [];
  #next = 0;
  readonly #held = new Map<string, number>();
  /** Lines that came before one in front of them, by server and sequence number. */
  readonly #early = new Map<string, Map<number, LogEntry>>();

  /** @param capacity how many lines are held at most */
  constructor(capacity = 100_000) {
    this.#capacity = capacity;
  }

  /** Takes in what came. @returns whether anything is new in the view */
  add(entries: readonly LogEntry[]): boolean {
    const before = this.#next;
    for (const entry of entries) this.#take(entry);
    const excess = this.#lines.length - this.#capacity;
    // Giving up lines one at a time would move all others each time: it is done a tenth at once.
    if (excess > this.#capacity / 10) this.#lines = this.#lines.slice(excess);
    return this.#next > before;
  }

  get lines(): readonly LogLine[] {
    return this.#lines.length > this.#capacity ? this.#lines.slice(-this.#capacity) : this.#lines;
  }

  /** How many lines have been given up. */
  get dropped(): number {
    return this.#next - this.lines.length;
  }

  /** The last sequence number held of each server: from there a new connection goes on. */
  get held(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#held);
  }

  #take(entry: LogEntry): void {
    const held = this.#held.get(entry.server_id) ?? 0;
    if (entry.seq <= held) return;
    if (entry.seq > held + 1) {
      this.#earlyOf(entry.server_id).set(entry.seq, entry);
      return;
    }
    const early = this.#early.get(entry.server_id);
    for (let next: LogEntry | undefined = entry; next; next = early?.get(next.seq + 1)) {
      this.#append(next);
      early?.delete(next.seq);
    }
  }

  #append({ server_id, seq, stream, text, at }: LogEntry): void {
    this.#held.set(server_id, seq);
    this.#lines.push({ index: this.#next++, serverId: server_id, seq, stream, text: text.replace(/\r?\n$/, ""), at });
  }

  #earlyOf(serverId: string): Map<number, LogEntry> {
    const early = this.#early.get(serverId) ?? new Map<number, LogEntry>();
    this.#early.set(serverId, early);
    return early;
  }
}
