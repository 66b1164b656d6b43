import { once } from "node:events";
import { createServer } from "node:http";
import { connect } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { stringify } from "yaml";
import { z } from "zod";

type Answer = readonly [status: number, body: unknown];

/** What is asked of the API server → its answer; what is missing is never answered. */
export interface ApiServerOptions {
  readonly answers: Record<string, Answer>;
  /** What happens to forwarded connections. @default everything is sent back */
  readonly onForward?: (socket: WebSocket, path: string) => void;
}

/** As much of an API server as a tunnel uses, in the form in which kubelets speak. */
export async function startApiServer({ answers, onForward = echo }: ApiServerOptions) {
  const server = createServer((request, response) => {
    const [path = ""] = (request.url ?? "").split("?");
    const [status, body] = answers[path] ?? [];
    if (status) response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => "v4.channel.k8s.io" });
  server.on("upgrade", (request, socket, head) => {
    const path = request.url ?? "";
    const [status, body] = answers[path.split("?")[0] ?? ""] ?? [];
    if (!status) return;
    if (status === 101) return sockets.handleUpgrade(request, socket, head, (opened) => onForward(opened, path));
    const text = JSON.stringify(body);
    socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: ${text.length}\r\nconnection: close\r\n\r\n${text}`);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = z.object({ port: z.number() }).parse(server.address());
  const hangUp = () => {
    for (const socket of sockets.clients) socket.terminate();
  };
  return {
    kubeconfig: kubeconfigOf(port),
    connections: () => sockets.clients.size,
    hangUp,
    stop: () => {
      hangUp();
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Tells the port on both channels, as kubelets do, and returns what comes. */
function echo(socket: WebSocket): void {
  for (const channel of [0, 1]) socket.send(Buffer.from([channel, 0x28, 0x23]));
  socket.on("message", (data: Buffer) => socket.send(data));
}

/** Leads connections to a port of this machine, as the node of a pod would. */
export function leadTo(port: number) {
  return (socket: WebSocket): void => {
    for (const channel of [0, 1]) socket.send(Buffer.from([channel, 0x28, 0x23]));
    const target = connect(port, "127.0.0.1");
    socket.on("message", (data: Buffer) => target.write(data.subarray(1)));
    socket.on("close", () => target.destroy());
    target.on("data", (data) => socket.send(Buffer.concat([Buffer.from([0]), data])));
    target.on("error", () => undefined).on("close", () => socket.close());
  };
}

/** Says why the pod's port cannot be reached, and hangs up. */
export function complain(message: string) {
  return (socket: WebSocket): void => {
    for (const channel of [0, 1]) socket.send(Buffer.from([channel, 0x28, 0x23]));
    socket.send(Buffer.concat([Buffer.from([1]), Buffer.from(message)]));
    socket.close();
  };
}

export function kubeconfigOf(port: number): string {
  return stringify({
    "current-context": "test",
    contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
    clusters: [{ name: "test", cluster: { server: `http://127.0.0.1:${port}`, "insecure-skip-tls-verify": true } }],
    users: [{ name: "test", user: {} }],
  });
}
