import type { WebSocket } from "ws";

/**
 * Ends a socket whose other side answers no ping: it may be half open, and would never close by itself.
 * @param intervalMs how long an answer may take. @returns what stops watching, when it is cleared
 */
export function watchPulse(socket: WebSocket, intervalMs: number): NodeJS.Timeout {
  let alive = true;
  socket.on("pong", () => {
    alive = true;
  });
  return setInterval(() => {
    // Not read from, because the database is behind: whether it answers is not known.
    if (socket.isPaused) return;
    if (!alive) return socket.terminate();
    alive = false;
    socket.ping();
  }, intervalMs);
}
