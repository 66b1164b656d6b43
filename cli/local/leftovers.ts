import { endProcess } from "../process/end.ts";
import type { LocalHome } from "./home.ts";
import { type ComponentName, isProcessRunning, readRecord } from "./state.ts";

/** How each component is asked to end. SIGINT makes PostgreSQL end its sessions; at SIGTERM it would wait for them. */
export const stopSignals = {
  postgresql: "SIGINT",
  orchestrator: "SIGTERM",
  agent: "SIGTERM",
} as const satisfies Record<ComponentName, NodeJS.Signals>;

/** What a `down` holds the lock for. */
export const ENDING = "down";

/** Milliseconds that a component has to finish what it is about. */
export const STOP_TIMEOUT_MS = 20_000;

/**
 * Ends the components whose supervisor was killed, last started first. They cannot notice its death by themselves
 * (PostgreSQL has no such thing as a pipe to watch), and go on with their work until the next `up` or `down` comes here.
 * To be called by the holder of the lock. Resolves to how many there were.
 */
export async function endLeftovers(home: LocalHome): Promise<number> {
  const left = (readRecord(home)?.components ?? []).filter(({ process }) => process && isProcessRunning(process));
  for (const { name, process } of left.reverse()) {
    if (process) await endProcess(process.pid, stopSignals[name], STOP_TIMEOUT_MS);
  }
  return left.length;
}
