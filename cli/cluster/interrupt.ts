import type { EngineCommand } from "./engineCommand.ts";

const SIGNALS: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/** Whether the user has asked a run to stop, and the end of listening for that. */
export interface Interruption {
  readonly requested: () => boolean;
  readonly dispose: () => void;
}

/**
 * Passes Ctrl-C on to the engine, which begins nothing more and writes down what it has begun; the second time it stops
 * at once. What waits to be ready is not waited for any longer: the next run does that.
 */
export function passInterrupts(engine: EngineCommand, say: (line: string) => void): Interruption {
  let times = 0;
  const listener = () => {
    times += 1;
    engine.interrupt();
    if (times === 1) say("stopping: what has begun is written down first; press Ctrl-C again to stop at once");
  };
  for (const signal of SIGNALS) process.on(signal, listener);
  return {
    requested: () => times > 0,
    dispose: () => {
      for (const signal of SIGNALS) process.off(signal, listener);
    },
  };
}
