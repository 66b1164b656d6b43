import type { Finish } from "@homeslice/protocol/link.ts";

/** How an attempt ended. */
export type Ending = Pick<Finish, "outcome" | "exit_code" | "error">;

/** Longest error that the link takes, in characters. */
const MAX_ERROR = 4_096;

export function refused(error: string, exitCode: 126 | 127 | null = null): Ending {
  return { outcome: "refused", exit_code: exitCode, error: error.slice(0, MAX_ERROR) };
}

export function lost(error: string): Ending {
  return { outcome: "lost", exit_code: null, error: error.slice(0, MAX_ERROR) };
}
