import { LogEntry } from "@homeslice/protocol/executions.ts";
import { LiveMessage } from "@homeslice/protocol/live.ts";

/**
 * Reads a message of the live view of an execution. Lines of output come by the thousands a second: their form is looked
 * at without a copy of each, which the schema would make, because clearing that away makes a page stand still.
 * @throws when it is no such message
 */
export function readLive(text: string): LiveMessage {
  const message: unknown = JSON.parse(text);
  return isOutput(message) ? message : LiveMessage.parse(message);
}

function isOutput(message: unknown): message is LiveMessage & { type: "log" } {
  if (!isRecord(message) || message["type"] !== "log") return false;
  const { entries } = message;
  return Array.isArray(entries) && entries.length > 0 && entries.every(isEntry);
}

const streams: ReadonlySet<unknown> = new Set(LogEntry.shape.stream.options);

function isEntry(entry: unknown): entry is LogEntry {
  if (!isRecord(entry)) return false;
  const { server_id, seq, stream, text, at } = entry;
  const areTexts = typeof server_id === "string" && typeof text === "string" && typeof at === "string";
  return areTexts && typeof seq === "number" && Number.isSafeInteger(seq) && seq > 0 && streams.has(stream);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
