import type { LogEntry } from "@homeslice/protocol/executions.ts";
import type { Style } from "./ansi.ts";

/** One line as the view holds it. */
export interface LogLine {
  /** Grows by one with each line of its list; the line's name in the view as long as it is held. */
  readonly index: number;
  readonly serverId: string;
  readonly seq: number;
  readonly stream: LogEntry["stream"];
  readonly text: string;
  /** The style in which it begins: what was said before of the same output goes on. */
  readonly style: Style;
  readonly at: string;
}

/** Lines in the order in which they came; the oldest are given up when there are many more than fit. */
export class LineList {
  readonly #capacity: number;
  #lines: LogLine[] = [];
  #next = 0;

  /** @param capacity how many lines are held at least, once there have been as many; at most a tenth more */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  append(line: Omit<LogLine, "index">): void {
    this.#lines.push({ ...line, index: this.#next++ });
    // Giving up lines one at a time would move all others each time: it is done a tenth at once.
    if (this.#lines.length > this.#capacity * 1.1) this.#lines = this.#lines.slice(-this.#capacity);
  }

  get lines(): readonly LogLine[] {
    return this.#lines;
  }

  /** How many lines there have been, with those that have been given up. */
  get count(): number {
    return this.#next;
  }

  /** How many lines have been given up. */
  get dropped(): number {
    return this.#next - this.#lines.length;
  }
}
