import { duration } from "../process/duration.ts";
import type { LocalHome } from "./home.ts";
import type { SupervisorRecord } from "./state.ts";
import type { Observe } from "./supervisor.ts";

/** Shows on standard error which components came up, died or ended. */
export function showChanges(): Observe {
  const started = performance.now();
  const shown = new Map<string, string>();
  return ({ components }, notice) => {
    if (notice !== undefined) say(notice);
    for (const { name, state } of components) {
      const before = shown.get(name) ?? "stopped";
      shown.set(name, state);
      if (state === before) continue;
      if (state === "running") say(`${name} is running (${duration(performance.now() - started)})`);
      if (state === "stopped") say(`${name} has ended`);
    }
  };
}

/** Shows on standard output where Homeslice is, how to log in, and how to end it. */
export function showReady(home: LocalHome, { url }: SupervisorRecord, toEnd: string): void {
  process.stdout.write(`Homeslice is ready at ${url}

  In a browser    log in with the account that ./homeslice account add NAME makes
  For programs    a token: ./homeslice token
  Run a command   ./homeslice run -- uname -a
  See what it is  ./homeslice status, ./homeslice logs
  End it          ${toEnd}

This machine's agent lets the owner of this machine run everything. What it may run is set in
${home.agentPolicy}
`);
}

function say(text: string): void {
  process.stderr.write(`homeslice: ${text}\n`);
}
