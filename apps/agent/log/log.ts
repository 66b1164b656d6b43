import { type Logger, pino } from "pino";
import type { Settings } from "../config/settings.ts";
import { RotatingFile } from "./rotation.ts";

const MEBIBYTE = 1_048_576;

/**
 * The log of the agent: JSON, one entry a line, to standard error or to a file that is rotated. What is logged never
 * holds a key, a token or output.
 */
export function createLog({ logLevel: level, logFile }: Pick<Settings, "logLevel" | "logFile">): Logger {
  const options = { level, base: { name: "agent" } };
  if (logFile === undefined) return pino(options, pino.destination({ fd: 2, sync: true }));
  const { path, megabytes, files } = logFile;
  return pino(options, new RotatingFile({ path, maxBytes: megabytes * MEBIBYTE, files }));
}
