import { once } from "node:events";
import { text } from "node:stream/consumers";
import type { KubeConfig, PortForward } from "@kubernetes/client-node";
import WebSocket from "ws";
import { messageOf, refused, TunnelError, tunnelError } from "./errors.ts";

type Handler = NonNullable<ConstructorParameters<typeof PortForward>[2]>;

/** The older form is the one that every version of the API server understands. */
const PROTOCOL = "v4.channel.k8s.io";

/**
 * How the library opens a WebSocket to the API server. Its own way knows neither time-outs nor what the server says when
 * it refuses.
 */
export function dialer(config: KubeConfig, where: string, timeoutMs: number): Handler {
  return {
    connect: async (path, _onText, onBinary) => {
      const server = config.getCurrentCluster()?.server.replace(/\/$/, "").replace(/^http/, "ws");
      const options = { handshakeTimeout: timeoutMs };
      await config.applyToHTTPSOptions(options);
      const socket = new WebSocket(`${server}${path}`, [PROTOCOL], options);
      socket.on("message", (data: Buffer) => onBinary?.(data.readUInt8(0), data.subarray(1)));
      socket.once("upgrade", (response) => response.socket.unref());
      await opened(socket, where);
      return socket;
    },
  };
}

/** Resolves once the API server, and the node behind it, agree to the connection. */
async function opened(socket: WebSocket, where: string): Promise<void> {
  let refusal: Promise<TunnelError> | undefined;
  socket.once("unexpected-response", (_request, response) => {
    refusal = text(response).then(
      (body) => refused(where, response.statusCode ?? 0, messageOf(body)),
      (error: unknown) => tunnelError(where, error),
    );
    void refusal.finally(() => socket.terminate());
  });
  try {
    await once(socket, "open");
  } catch (error) {
    if (refusal) throw await refusal;
    const isLate = error instanceof Error && error.message.includes("handshake has timed out");
    if (isLate)
      throw new TunnelError("tunnel.timeout", where, "the cluster does not connect in time", { cause: error });
    throw tunnelError(where, error);
  } finally {
    socket.on("error", () => undefined); // "close" tells of it
  }
}
