import { type DestinationStream, type Logger, pino } from "pino";

/** What PostgreSQL adds to an error that may hold what was to be stored. */
const VALUES = ["detail", "where", "internalQuery"];

/**
 * The log of the orchestrator: JSON, one entry a line. What is logged never holds a token, a password, a secret, a header,
 * a body or output.
 */
export function createLog(level: string, destination: DestinationStream = pino.destination(2)): Logger {
  const err = (error: Error) =>
    Object.fromEntries(Object.entries(pino.stdSerializers.err(error)).filter(([name]) => !VALUES.includes(name)));
  return pino({ level, base: { component: "orchestrator" }, serializers: { err } }, destination);
}
