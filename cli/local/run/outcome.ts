import type { Execution } from "@homeslice/protocol/executions.ts";

/** Exit codes of `run` where the command itself has none, as timeout(1), env(1) and the shell use them. */
export const EXIT_TIMED_OUT = 124;
export const EXIT_UNKNOWN = 125;
const EXIT_NOT_RUN = 126;
export const EXIT_CANCELLED = 130;

/** How a finished execution is told: the exit code, and a message where that alone would not explain it. */
export interface Outcome {
  readonly exitCode: number;
  readonly message?: string;
}

/** How an execution on one server ended. */
export function outcomeOf(execution: Execution, serverId: string): Outcome {
  const result = execution.results.details.find(({ server_id }) => server_id === serverId);
  const error = result?.error ?? undefined;
  const status = result?.status ?? "lost";
  switch (status) {
    case "succeeded":
    case "failed": {
      const exitCode = result?.exit_code ?? (status === "succeeded" ? 0 : EXIT_NOT_RUN);
      return { exitCode, ...(error === undefined ? {} : { message: error }) };
    }
    case "timed_out":
      return { exitCode: EXIT_TIMED_OUT, message: `it was ended after ${execution.timeout_seconds} s, its time-out` };
    case "cancelled":
      return { exitCode: EXIT_CANCELLED, message: "it was cancelled" };
    case "expired":
      return { exitCode: EXIT_NOT_RUN, message: `it was never begun: ${error ?? status}` };
    default:
      return { exitCode: EXIT_UNKNOWN, message: `nobody knows how it ended: ${error ?? status}` };
  }
}
