import { randomUUID } from "node:crypto";
import type { WebSocket } from "ws";

/** One may be unanswered because this process itself stood still meanwhile: then the answer is read after the next one. */
const MOST_UNANSWERED = 2;

/**
 * Ends a socket whose other side answers no pings: it may be half open, and would never close by itself.
 * @param intervalMs how often it is asked. @returns what stops watching, when it is cleared
 */
export function watchPulse(socket: WebSocket, intervalMs: number): NodeJS.Timeout {
  let unanswered = 0;
  socket.on("pong", () => {
    unanswered = 0;
  });
  return setInterval(() => {
    // Not read from, because the database is behind: whether it answers is not known.
    if (socket.isPaused) return;
    if (unanswered === MOST_UNANSWERED) return socket.terminate();
    unanswered++;
    socket.ping();
  }, intervalMs);
}

/** Whether the other side answers a ping; false when the socket closes first, as that of a dead one does by its pulse. */
export async function isThere(socket: WebSocket): Promise<boolean> {
  if (socket.readyState !== socket.OPEN) return false;
  const mark = randomUUID();
  return await new Promise((resolve) => {
    const settle = (answered: boolean) => {
      socket.off("pong", heard).off("close", closed);
      resolve(answered);
    };
    const heard = (data: Buffer) => {
      if (data.equals(Buffer.from(mark))) settle(true);
    };
    const closed = () => settle(false);
    socket.on("pong", heard).on("close", closed);
    socket.ping(mark);
  });
}
