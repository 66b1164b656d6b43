import { appendFileSync } from "node:fs";

/** What happened, as each side saw it. */
export type Event =
  /** A client was told that its execution is stored; this many lines come from each server, numbered from 1. */
  | {
      readonly type: "acknowledged";
      readonly execution: string;
      readonly servers: readonly string[];
      readonly lines: number;
    }
  /** A state was committed in the database. */
  | {
      readonly type: "moved";
      readonly execution: string;
      readonly server: string;
      readonly fence: number;
      readonly state: string;
    }
  /** A command was started on a server. */
  | { readonly type: "started"; readonly execution: string; readonly server: string; readonly fence: number }
  /** A line of output, as the API shows it at the end. */
  | {
      readonly type: "line";
      readonly execution: string;
      readonly server: string;
      readonly seq: number;
      readonly text: string;
    };

/** Everything that happened in a run, in a file that only grows. */
export class History {
  readonly events: Event[] = [];
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  add(events: readonly Event[]): void {
    this.events.push(...events);
    appendFileSync(this.#file, events.map((event) => `${JSON.stringify(event)}\n`).join(""));
  }
}
