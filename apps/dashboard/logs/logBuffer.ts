import type { LogEntry } from "@homeslice/protocol/executions.ts";
import { PLAIN, type Style, styleAfter } from "./ansi.ts";
import { LineList } from "./lineList.ts";

/**
 * The output of one execution as far as it is held: every line of every server once and in its order, whatever comes
 * doubled or too early, and the oldest given up when there are more than fit.
 */
export class LogBuffer {
  /** The lines of all servers. */
  readonly all: LineList;
  readonly #capacity: number;
  /** Those of one server, for each that was asked for. */
  readonly #lists = new Map<string, LineList>();
  readonly #held = new Map<string, number>();
  /** In which style the next line begins, of each server and stream. */
  readonly #styles = new Map<string, Style>();
  /** Lines that came before one in front of them, by server and sequence number. */
  readonly #early = new Map<string, Map<number, LogEntry>>();

  /** @param capacity how many lines are held at least, once there have been as many */
  constructor(capacity = 100_000) {
    this.#capacity = capacity;
    this.all = new LineList(capacity);
  }

  /** Takes in what came. @returns whether anything is new in the view */
  add(entries: readonly LogEntry[]): boolean {
    const before = this.all.count;
    for (const entry of entries) this.#take(entry);
    return this.all.count > before;
  }

  /** The lines of one server alone. */
  of(serverId: string): LineList {
    const known = this.#lists.get(serverId);
    if (known !== undefined) return known;
    const list = new LineList(this.#capacity);
    for (const line of this.all.lines) if (line.serverId === serverId) list.append(line);
    this.#lists.set(serverId, list);
    return list;
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

  #append({ server_id, seq, stream, text: ended, at }: LogEntry): void {
    this.#held.set(server_id, seq);
    const text = ended.replace(/\r?\n$/, "");
    const output = `${server_id} ${stream}`;
    const style = this.#styles.get(output) ?? PLAIN;
    this.#styles.set(output, styleAfter(text, style));
    const line = { serverId: server_id, seq, stream, text, style, at };
    this.all.append(line);
    this.#lists.get(server_id)?.append(line);
  }

  #earlyOf(serverId: string): Map<number, LogEntry> {
    const early = this.#early.get(serverId) ?? new Map<number, LogEntry>();
    this.#early.set(serverId, early);
    return early;
  }
}
