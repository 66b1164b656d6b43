import { once } from "node:events";
import { WebSocket, WebSocketServer } from "ws";
import { z } from "zod";

// `server FRAME_BYTES`: sends a frame to every client at each message of its parent, and answers how many milliseconds
// it took until each had replied. `clients URL COUNT`: connects, and replies to every frame.

const [role, first = "", second = ""] = process.argv.slice(2);

async function serve(frame: string): Promise<void> {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false });
  await once(server, "listening");
  let replied = () => {};
  server.on("connection", (socket) => socket.on("message", () => replied()));
  process.on("message", () => {
    const sockets = [...server.clients];
    let waiting = sockets.length;
    const started = performance.now();
    replied = () => {
      if (--waiting === 0) process.send?.(performance.now() - started);
    };
    for (const socket of sockets) socket.send(frame);
  });
  const { port } = z.object({ port: z.int() }).parse(server.address());
  process.send?.(port);
}

async function connect(url: string, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    await once(socket, "open");
    socket.on("message", () => socket.send('{"type":"started"}'));
  }
  process.send?.(count);
}

process.on("disconnect", () => process.exit(0));
if (role === "server") await serve("x".repeat(Number(first)));
else await connect(first, Number(second));
