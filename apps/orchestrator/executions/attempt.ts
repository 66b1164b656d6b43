import type { FinalState, OperationResult, ResourceUsage } from "@homeslice/protocol";

/** An attempt on one server: what the messages of its agent are about. */
export interface TargetKey {
  readonly execution_id: string;
  readonly server_id: string;
  readonly fence: number;
}

/** What reports say of an attempt that has come further. */
export interface Advance {
  /** Where to; null when it has only printed. */
  readonly to: "acknowledged" | "running" | null;
  /** Lines that it has printed, and their bytes. */
  readonly lines: number;
  readonly bytes: number;
}

/** How an attempt ended, and how far it had come since what is stored of it. */
export interface Ending extends TargetKey, Advance {
  readonly state: FinalState;
  readonly exit_code: number | null;
  readonly error: string | null;
  readonly duration_seconds: number | null;
  readonly result: OperationResult | null;
  readonly usage: ResourceUsage | null;
  /** Seconds until the next attempt; null makes this end final. */
  readonly retry_after_seconds: number | null;
  /** Whether the agent or its host failed, rather than the work; null when it says nothing about them. */
  readonly infrastructure: "failed" | "worked" | null;
}

/** An end that no agent has reported. */
export function endingOf(key: TargetKey, state: FinalState, error: string | null): Ending {
  const { execution_id, server_id, fence } = key;
  const nothing = { exit_code: null, duration_seconds: null, result: null, usage: null, retry_after_seconds: null };
  const noAdvance = { to: null, lines: 0, bytes: 0 };
  const infrastructure = state === "lost" ? "failed" : null;
  return { execution_id, server_id, fence, state, error, ...nothing, ...noAdvance, infrastructure };
}

/** A target that has reached its end. */
export interface Ended {
  readonly execution_id: string;
  readonly server_id: string;
  readonly state: FinalState;
}
