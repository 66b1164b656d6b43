import type { Event } from "./history.ts";

/** What was broken of what is promised, and each case in words. */
export interface Findings {
  /** Acknowledged, and not brought to an end that says how the command ended. */
  readonly lost: string[];
  /** Started more than once in one attempt, or stored a second time when it was asked for again. */
  readonly duplicated: string[];
  /** Moved backwards, or out of a final state. */
  readonly regressed: string[];
  /** Output with a line missing, doubled or out of order. */
  readonly gaps: string[];
  /** Kept waiting by what another agent did. */
  readonly late: string[];
  /** Processes that outlived their execution. */
  readonly left: string[];
  /** Runs of workflows with a step that began twice, never, or before the one that it needs had ended. */
  readonly disordered: string[];
}

type Of<T extends Event["type"]> = Extract<Event, { type: T }>;

/** How far each state is; `unreachable` says nothing of that. */
const rank: Readonly<Record<string, number>> = { queued: 0, dispatched: 1, acknowledged: 2, running: 3 };
const FINAL = 4;
const RANK_OF_ACKNOWLEDGED = 2;
/** Ends that say how the command ended. */
const known = ["succeeded", "failed", "timed_out", "cancelled"];
/** How long a small execution may take while another agent is a burden, in milliseconds. */
const PATIENCE_MS = 5_000;

/** Checks histories, one part after the other, against the promises. It shares no code with what it checks. */
export class Checker {
  readonly findings: Findings = {
    lost: [],
    duplicated: [],
    regressed: [],
    gaps: [],
    late: [],
    left: [],
    disordered: [],
  };
  /** Executions that were checked: nothing is to happen to them any more. */
  readonly #over = new Set<string>();

  get isBroken(): boolean {
    return Object.values(this.findings).some((found: string[]) => found.length > 0);
  }

  /** Takes a part of the history in which every execution that begins in it also ends in it. */
  check(events: readonly Event[]): void {
    const ofType = <T extends Event["type"]>(type: T) => events.filter((event): event is Of<T> => event.type === type);
    const moves = Map.groupBy(ofType("moved"), keyOf);
    const lines = Map.groupBy(ofType("line"), keyOf);
    const acknowledged = ofType("acknowledged");
    for (const event of acknowledged) {
      for (const server of event.servers) {
        const key = keyOf({ execution: event.execution, server });
        this.#checkEnd(key, event, moves.get(key)?.at(-1));
        this.#checkLines(key, lines.get(key) ?? [], event.lines);
      }
    }
    this.#checkStarts(ofType("started"));
    for (const [key, moved] of moves) this.#checkMoves(key, moved);
    for (const { execution, milliseconds } of ofType("waited")) {
      if (milliseconds > PATIENCE_MS) this.findings.late.push(`execution ${execution}: ${Math.round(milliseconds)} ms`);
    }
    for (const { execution, processes } of ofType("left")) {
      this.findings.left.push(`execution ${execution}: ${processes} processes`);
    }
    const order = ofType("moved").map(({ execution }) => execution);
    for (const run of ofType("run")) this.#checkRun(run, order);
    for (const { execution } of acknowledged) this.#over.add(execution);
    for (const execution of new Set(order)) {
      if (!this.#over.has(execution)) this.findings.duplicated.push(`execution ${execution}: nobody was told of it`);
    }
  }

  #checkEnd(key: string, { mayFail }: Of<"acknowledged">, last: Of<"moved"> | undefined): void {
    const good = mayFail ? known : ["succeeded"];
    if (last !== undefined && good.includes(last.state)) return;
    this.findings.lost.push(`${key}: ${last?.state ?? "not there"}${last?.error ? `, ${last.error}` : ""}`);
  }

  /** @param order the executions of all states, in the order in which they were committed */
  #checkRun({ run, state, executions, steps }: Of<"run">, order: readonly string[]): void {
    const isOnce = executions.length === steps.length && executions.every((each, index) => each === steps[index]);
    const isAfter = executions.every((each, index) => {
      const before = executions[index - 1];
      return before === undefined || order.indexOf(each) > order.lastIndexOf(before);
    });
    if (state === "succeeded" && isOnce && isAfter) return;
    this.findings.disordered.push(`run ${run}, ${state}: ${executions.join(" → ")} for ${steps.join(" → ")}`);
  }

  #checkStarts(events: readonly Of<"started">[]): void {
    const starts = Map.groupBy(events, (event) => `${keyOf(event)}, attempt ${event.fence}`);
    for (const [key, started] of starts) {
      const times = started.length + (this.#over.has(started[0]?.execution ?? "") ? 1 : 0);
      if (times > 1) this.findings.duplicated.push(`${key}: started ${times} times`);
    }
  }

  #checkMoves(key: string, moves: readonly Of<"moved">[]): void {
    let furthest = this.#over.has(moves[0]?.execution ?? "") ? FINAL : 0;
    let fence = 0;
    for (const move of moves) {
      const at = move.state === "unreachable" ? furthest : (rank[move.state] ?? FINAL);
      // What was dispatched and not acknowledged may be dispatched again; nothing else happens twice.
      const isResent = at === rank["dispatched"] && furthest < RANK_OF_ACKNOWLEDGED;
      const isBack = at < furthest && !isResent;
      if (isBack || furthest === FINAL || move.fence < fence) {
        this.findings.regressed.push(`${key}: ${moves.map(({ state }) => state).join(" → ")}`);
        return;
      }
      furthest = Math.max(furthest, at);
      fence = move.fence;
    }
  }

  #checkLines(key: string, lines: readonly Of<"line">[], expected: number | undefined): void {
    const inOrder = lines.every(({ seq }, index) => seq === index + 1);
    const asExpected =
      expected === undefined ||
      (lines.length === expected && lines.every(({ seq, text }) => text.trim() === String(seq)));
    if (inOrder && asExpected) return;
    const seqs = lines.map(({ seq }) => seq).join(" ");
    this.findings.gaps.push(`${key}: ${lines.length} of ${expected ?? "any"} lines: ${seqs.slice(0, 2_000)}`);
  }
}

function keyOf({ execution, server }: { readonly execution: string; readonly server: string }): string {
  return `execution ${execution} on ${server}`;
}
