import { setTimeout } from "node:timers/promises";
import { UserError } from "@homeslice/config/errors.ts";
import { closeCode } from "@homeslice/protocol/closeCode.ts";
import type { Execution, LogEntry } from "@homeslice/protocol/executions.ts";
import { type FollowMessage, LiveMessage } from "@homeslice/protocol/live.ts";
import { WebSocket } from "ws";

const FIRST_BACKOFF_MS = 50;
const MAX_BACKOFF_MS = 1_000;
const HANDSHAKE_TIMEOUT_MS = 5_000;
/** A connection that answers no ping for so long is taken for broken. */
const PING_INTERVAL_MS = 5_000;

export interface FollowOptions {
  /** Where the orchestrator is. */
  readonly url: string;
  readonly executionId: string;
  /** A token for one handshake. */
  readonly token: () => Promise<string>;
  readonly onEntry: (entry: LogEntry) => void;
  readonly onState: (execution: Execution) => void;
  /** Is told when the connection is there, and when it is not. */
  readonly onConnected: (connected: boolean) => void;
  readonly signal: AbortSignal;
}

/**
 * Follows an execution to its end: every line of output once and in order, also when the connection or the
 * orchestrator breaks in between, since each new connection continues after the last line that is held.
 */
export async function follow(options: FollowOptions): Promise<Execution> {
  const held = new Map<string, number>();
  let backoff = FIRST_BACKOFF_MS;
  for (;;) {
    const token = await options.token();
    const end = await followOnce(options, token, held, () => {
      backoff = FIRST_BACKOFF_MS;
    });
    if (end) return end;
    options.onConnected(false);
    await setTimeout(backoff, undefined, { signal: options.signal });
    backoff = Math.min(backoff * 2, MAX_BACKOFF_MS);
  }
}

/** One connection. Resolves to the finished execution, or to undefined when the connection broke before. */
async function followOnce(
  options: FollowOptions,
  token: string,
  held: Map<string, number>,
  opened: () => void,
): Promise<Execution | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<Execution | undefined>();
  const url = `${options.url.replace(/^http/, "ws")}/ws/executions/${options.executionId}`;
  const socket = new WebSocket(url, {
    headers: { authorization: `Bearer ${token}` },
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    perMessageDeflate: false,
  });
  const stop = () => socket.terminate();
  options.signal.addEventListener("abort", stop);
  socket.on("open", () => {
    const message: FollowMessage = { type: "follow", after: Object.fromEntries(held) };
    socket.send(JSON.stringify(message));
    opened();
    options.onConnected(true);
  });
  socket.on("message", (data) => {
    try {
      const message = LiveMessage.parse(JSON.parse(String(data)));
      if (message.type === "log") for (const entry of message.entries) take(entry, held, options.onEntry);
      else options.onState(message.execution);
      if (message.type === "end") resolve(message.execution);
    } catch (error) {
      reject(error);
    }
  });
  socket.on("unexpected-response", (_, { statusCode = 0 }) => {
    if (statusCode < 500) reject(refused(`HTTP status ${statusCode}`));
    else resolve(undefined);
  });
  socket.on("error", () => resolve(undefined));
  socket.on("close", (code, reason) => {
    if (Object.values(closeCode).some((final) => final === code)) reject(refused(`${reason} (${code})`));
    else resolve(undefined);
  });
  const endPings = watchConnection(socket);
  try {
    return await promise;
  } finally {
    endPings();
    options.signal.removeEventListener("abort", stop);
    socket.terminate();
  }
}

/** Passes on what is new: after a reconnection the first lines may be known already. */
function take(entry: LogEntry, held: Map<string, number>, onEntry: (entry: LogEntry) => void): void {
  if (entry.seq <= (held.get(entry.server_id) ?? 0)) return;
  held.set(entry.server_id, entry.seq);
  onEntry(entry);
}

function watchConnection(socket: WebSocket): () => void {
  let answered = true;
  socket.on("pong", () => {
    answered = true;
  });
  const timer = setInterval(() => {
    if (socket.readyState !== WebSocket.OPEN) return;
    if (!answered) socket.terminate();
    answered = false;
    socket.ping();
  }, PING_INTERVAL_MS);
  return () => clearInterval(timer);
}

function refused(reason: string): UserError {
  return new UserError({
    code: "run.refused",
    what: `the orchestrator does not show this execution: ${reason}`,
    fix: "See ./homeslice logs orchestrator.",
  });
}
