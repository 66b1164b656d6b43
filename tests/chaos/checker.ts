import type { Event } from "./history.ts";

/** What was broken of what is promised, and each case in words. */
export interface Findings {
  /** Acknowledged, and not brought to an end that says how the command ended. */
  readonly lost: string[];
  /** Started more than once in one attempt. */
  readonly duplicated: string[];
  /** Moved backwards, or out of a final state. */
  readonly regressed: string[];
  /** Output with a line missing, doubled or out of order. */
  readonly gaps: string[];
}

/** How far each state is; `unreachable` says nothing of that. */
const rank: Readonly<Record<string, number>> = { queued: 0, dispatched: 1, acknowledged: 2, running: 3 };
const FINAL = 4;
const RANK_OF_ACKNOWLEDGED = 2;

/** Checks a history against the promises. It shares no code with what it checks. */
export function check(events: readonly Event[]): Findings {
  const findings: Findings = { lost: [], duplicated: [], regressed: [], gaps: [] };
  const ofType = <T extends Event["type"]>(type: T) =>
    events.filter((event): event is Extract<Event, { type: T }> => event.type === type);
  const moves = Map.groupBy(ofType("moved"), keyOf);
  const lines = Map.groupBy(ofType("line"), keyOf);
  const starts = Map.groupBy(ofType("started"), (event) => `${keyOf(event)}, attempt ${event.fence}`);
  for (const { execution, servers, lines: expected } of ofType("acknowledged")) {
    for (const server of servers) {
      const key = keyOf({ execution, server });
      const last = moves.get(key)?.at(-1)?.state;
      if (last !== "succeeded") findings.lost.push(`${key}: ${last ?? "not there"}`);
      checkLines(findings, key, lines.get(key) ?? [], expected);
    }
  }
  for (const [key, started] of starts) {
    if (started.length > 1) findings.duplicated.push(`${key}: started ${started.length} times`);
  }
  for (const [key, moved] of moves) checkMoves(findings, key, moved);
  return findings;
}

function checkMoves(findings: Findings, key: string, moves: readonly Extract<Event, { type: "moved" }>[]): void {
  let [furthest, fence] = [0, 0];
  for (const move of moves) {
    const at = move.state === "unreachable" ? furthest : (rank[move.state] ?? FINAL);
    // What was dispatched and not acknowledged may be dispatched again; nothing else happens twice.
    const isResent = at === rank["dispatched"] && furthest < RANK_OF_ACKNOWLEDGED;
    const isBack = at < furthest && !isResent;
    if (isBack || furthest === FINAL || move.fence < fence) {
      findings.regressed.push(`${key}: ${moves.map(({ state }) => state).join(" → ")}`);
      return;
    }
    furthest = Math.max(furthest, at);
    fence = move.fence;
  }
}

function checkLines(
  findings: Findings,
  key: string,
  lines: readonly Extract<Event, { type: "line" }>[],
  expected: number,
): void {
  const isRight = lines.every(({ seq, text }, i) => seq === i + 1 && text.trim() === String(i + 1));
  if (lines.length !== expected || !isRight) {
    findings.gaps.push(`${key}: ${lines.length} of ${expected} lines: ${lines.map(({ seq }) => seq).join(" ")}`);
  }
}

function keyOf({ execution, server }: { readonly execution: string; readonly server: string }): string {
  return `execution ${execution} on ${server}`;
}
