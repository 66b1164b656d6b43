import { appendFileSync } from "node:fs";

/** What happened, as each side saw it. */
export type Event =
  /** A client was told that its execution is stored. */
  | {
      readonly type: "acknowledged";
      readonly execution: string;
      readonly servers: readonly string[];
      /** Lines that come from each server, numbered from 1; undefined: nobody knows how many. */
      readonly lines: number | undefined;
      /** Whether any end is good that says how the command ended. */
      readonly mayFail: boolean;
    }
  /** A state was committed in the database. */
  | {
      readonly type: "moved";
      readonly execution: string;
      readonly server: string;
      readonly fence: number;
      readonly state: string;
      /** Why, where somebody said so. */
      readonly error: string | null;
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
    }
  /** A run of a workflow, as the API shows it at the end: all its executions in their order, and that of each step. */
  | {
      readonly type: "run";
      readonly run: string;
      readonly state: string;
      readonly executions: readonly string[];
      readonly steps: readonly (string | null)[];
    }
  /** So long did an execution take from its start to its end, while another agent was a burden. */
  | { readonly type: "waited"; readonly execution: string; readonly milliseconds: number }
  /** Processes of an execution that had ended. */
  | { readonly type: "left"; readonly execution: string; readonly processes: number };

/** Everything that happened in a run, in a file that only grows; in memory is what is not checked yet. */
export class History {
  readonly #file: string;
  #events: Event[] = [];

  constructor(file: string) {
    this.#file = file;
  }

  /** What happened since the last `take`. */
  get events(): readonly Event[] {
    return this.#events;
  }

  add(events: readonly Event[]): void {
    this.#events.push(...events);
    appendFileSync(this.#file, events.map((event) => `${JSON.stringify(event)}\n`).join(""));
  }

  take(): Event[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }
}
