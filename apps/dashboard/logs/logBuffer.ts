import type { LogEntry } from "@homeslice/protocol/executions.ts";
import { PLAIN, type Style, styleAfter } from "./ansi.ts";
import { LineList } from "./lineList.ts";

/** How far the output of one server is held. */
interface ServerOutput {
  readonly serverId: string;
  /** The last sequence number. */
  held: number;
  /** In which style the next line of each stream begins. */
  readonly styles: Record<LogEntry["stream"], Style>;
  /** Lines that came before one in front of them, by sequence number. */
  readonly early: Map<number, LogEntry>;
}

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
  readonly #outputs = new Map<string, ServerOutput>();
  #at = "";

  /** @param capacity how many lines are held at least, once there have been as many */
  constructor(capacity = 100_000) {
    this.#capacity = capacity;
    this.all = new LineList(capacity);
  }

  /** Takes in what came. @returns whether anything is new in the view */
  add(entries: readonly LogEntry[]): boolean {
    const before = this.all.count;
    for (const entry of entries) this.#take(this.#outputOf(entry.server_id), entry);
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
    const outputs = [...this.#outputs.values()].filter(({ held }) => held > 0);
    return Object.fromEntries(outputs.map(({ serverId, held }) => [serverId, held]));
  }

  #take(output: ServerOutput, entry: LogEntry): void {
    if (entry.seq <= output.held) return;
    if (entry.seq > output.held + 1) {
      output.early.set(entry.seq, entry);
      return;
    }
    for (let next: LogEntry | undefined = entry; next; next = output.early.get(next.seq + 1)) {
      this.#append(output, next);
      output.early.delete(next.seq);
    }
  }

  #append(output: ServerOutput, { seq, stream, text: ended, at }: LogEntry): void {
    const { serverId, styles } = output;
    output.held = seq;
    const text = ended.replace(/\r?\n$/, "");
    const style = styles[stream];
    styles[stream] = styleAfter(text, style);
    // Lines that came together share one time, and all of a server its name: each would be held as often as there are lines.
    if (at !== this.#at) this.#at = at;
    const line = { serverId, seq, stream, text, style, at: this.#at };
    this.all.append(line);
    this.#lists.get(serverId)?.append(line);
  }

  #outputOf(serverId: string): ServerOutput {
    const known = this.#outputs.get(serverId);
    if (known !== undefined) return known;
    const output = { serverId, held: 0, styles: { stdout: PLAIN, stderr: PLAIN }, early: new Map<number, LogEntry>() };
    this.#outputs.set(serverId, output);
    return output;
  }
}
