import type { Finish, OutputLine, TargetState } from "@homeslice/protocol";
import { isOpen, statesBefore } from "../executions/state.ts";

/** What an agent says of an attempt. */
export type Report =
  | { readonly type: "progress"; readonly fence: number; readonly to: "acknowledged" | "running" }
  | { readonly type: "output"; readonly fence: number; readonly lines: readonly OutputLine[] }
  | { readonly type: "finished"; readonly fence: number; readonly finish: Finish };

/** What an agent is answered: nothing, or what it need not keep any more. */
export type Verdict =
  | { readonly type: "noted" }
  | { readonly type: "stored"; readonly seq: number }
  | { readonly type: "settled" }
  | { readonly type: "out_of_step"; readonly error: string };

/** What is stored of a target when its agent speaks of it. */
export interface Standing {
  readonly fence: number;
  readonly state: TargetState;
  /** When the process of the attempt was known to run; it is not only accepted after that. */
  readonly started_at?: Date | null;
  readonly last_seq: number;
}

/** What some reports on one target come to. */
export interface Folded {
  /** The state that the attempt has moved to. */
  readonly to: "acknowledged" | "running" | undefined;
  /** Lines that are new, and follow on what is stored. */
  readonly lines: readonly OutputLine[];
  readonly finish: Finish | undefined;
  /** Results that came too late to count. */
  readonly superseded: readonly Finish[];
  /** One for each report. */
  readonly verdicts: readonly Verdict[];
}

const noted: Verdict = { type: "noted" };
const settled: Verdict = { type: "settled" };
const outOfStep = (error: string): Verdict => ({ type: "out_of_step", error });

/**
 * Applies reports to a target, one after the other, without touching the database: an attempt that is no longer the
 * current one changes nothing, a line that is stored already is passed over, and a gap is refused.
 * @param target undefined when there is none any more
 */
export function fold(target: Standing | undefined, reports: readonly Report[]): Folded {
  const folder = new Folder(target);
  const verdicts = reports.map((report) => folder.apply(report));
  const { to, lines, finish, superseded } = folder;
  return { to, lines, finish, superseded, verdicts };
}

class Folder {
  to: Folded["to"];
  finish: Finish | undefined;
  readonly lines: OutputLine[] = [];
  readonly superseded: Finish[] = [];
  readonly #target: Standing | undefined;
  #state: TargetState | undefined;
  #lastSeq: number;

  constructor(target: Standing | undefined) {
    this.#target = target;
    this.#state = target?.state;
    this.#lastSeq = target?.last_seq ?? 0;
  }

  apply(report: Report): Verdict {
    switch (report.type) {
      case "progress":
        if (this.#isCurrent(report)) this.#progress(report.to);
        return noted;
      case "output":
        return this.#output(report);
      case "finished":
        return this.#finished(report);
    }
  }

  #isCurrent({ fence }: Report): boolean {
    const target = this.#target;
    return target?.fence === fence && isOpen(target.state) && this.finish === undefined;
  }

  #progress(reported: "acknowledged" | "running"): void {
    const to = this.#target?.started_at == null ? reported : "running";
    if (this.#state === undefined || !statesBefore(to).includes(this.#state)) return;
    this.#state = to;
    this.to = to;
  }

  #output(report: Extract<Report, { type: "output" }>): Verdict {
    if (!isContiguous(report.lines)) return outOfStep("the lines of a frame do not follow on each other");
    if (!this.#isCurrent(report)) return { type: "stored", seq: report.lines.at(-1)?.seq ?? 0 };
    const fresh = report.lines.filter(({ seq }) => seq > this.#lastSeq);
    const first = fresh[0]?.seq ?? this.#lastSeq + 1;
    if (first !== this.#lastSeq + 1) return outOfStep(`line ${first} came after line ${this.#lastSeq}`);
    this.lines.push(...fresh);
    this.#lastSeq += fresh.length;
    return { type: "stored", seq: this.#lastSeq };
  }

  #finished(report: Extract<Report, { type: "finished" }>): Verdict {
    const { finish } = report;
    if (!this.#isCurrent(report)) {
      this.superseded.push(finish);
      return settled;
    }
    if (this.#lastSeq < finish.last_seq) {
      return outOfStep(`the end came with line ${finish.last_seq}, stored is line ${this.#lastSeq}`);
    }
    this.finish = finish;
    return settled;
  }
}

function isContiguous(lines: readonly OutputLine[]): boolean {
  const first = lines[0]?.seq ?? 0;
  return lines.every(({ seq }, index) => seq === first + index);
}
