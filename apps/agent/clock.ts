import { performance } from "node:perf_hooks";

/** Time as the agent sees it; tests bring their own. */
export interface Clock {
  now(): Date;
  /** Milliseconds that only grow, whatever is done to the wall clock. */
  monotonic(): number;
  /** Calls `action` once after `milliseconds`; returns what calls it off. */
  after(milliseconds: number, action: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => new Date(),
  monotonic: () => performance.now(),
  after(milliseconds, action) {
    const timer = setTimeout(action, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** Resolves after some milliseconds, or at once when the signal aborts. */
export async function pause(clock: Clock, milliseconds: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      callOff();
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const callOff = clock.after(milliseconds, done);
    signal?.addEventListener("abort", done);
  });
}

/** How long the agent waits for things, in milliseconds. */
export interface Timings {
  /** Between SIGTERM and SIGKILL of a command that has to end. */
  readonly grace: number;
  /** Silence after which the beginning of a line is sent without waiting for its end. */
  readonly quiet: number;
  /** Between two looks at output that goes on: what comes meanwhile is taken together. What breaks a silence waits for none. */
  readonly gather: number;
  /** Between two looks at a running command when the kernel reports no change. */
  readonly poll: number;
  /** For the connection to open, and for the orchestrator to greet. */
  readonly handshake: number;
  /** Between two pings. A link on which nothing arrived for twice as long is cut. */
  readonly ping: number;
  /** Range of the pause before the first new connection; it doubles with each failure, up to `reconnectMax`. */
  readonly reconnectMin: number;
  readonly reconnectMax: number;
  /**
   * How long a sandbox that waits for a command may be used; and how long the agent has to have had nothing to do before
   * it makes another one.
   */
  readonly standbyAge: number;
  readonly standbyPause: number;
  /** How long what was accepted has to begin before it tells that it was accepted. */
  readonly moment: number;
  /** How long a command that was let go has the processor before the agent notes and tells that it has begun. */
  readonly headStart: number;
}

export const defaultTimings: Timings = {
  grace: 5_000,
  quiet: 100,
  gather: 25,
  poll: 500,
  handshake: 10_000,
  ping: 5_000,
  reconnectMin: 250,
  reconnectMax: 15_000,
  standbyAge: 600_000,
  standbyPause: 200,
  moment: 200,
  headStart: 2,
};
