import { type Logger, pino } from "pino";

/** The log of the agent: JSON, one entry a line, to standard error. What is logged never holds a key, a token or output. */
export function createLog(level: string): Logger {
  return pino({ level, base: { name: "agent" } }, pino.destination({ fd: 2, sync: true }));
}
