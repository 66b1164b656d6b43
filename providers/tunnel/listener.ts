import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { type Duplex, pipeline } from "node:stream";
import type { TunnelError } from "./errors.ts";

/** A loopback port of this machine that leads into the cluster. */
export interface Listener {
  /** Host and port: `127.0.0.1:40123`. */
  readonly address: string;
  readonly port: number;
  /** Why the newest connection was not forwarded, or broke off; undefined when it was forwarded. */
  readonly failure: TunnelError | undefined;
  /** Ends the connections too. */
  close(): Promise<void>;
}

export interface ListenOptions {
  /** @default any that is free */
  readonly port?: number;
  /** What is answered, once something is asked, in place of what cannot be reached; undefined: the connection is reset. */
  readonly instead?: (failure: TunnelError) => string | undefined;
}

/** Listens on a port; every connection opens one into the cluster. */
export async function listen(
  connect: () => Promise<Duplex>,
  typed: (error: unknown) => TunnelError,
  { port: wanted = 0, instead = () => undefined }: ListenOptions = {},
): Promise<Listener> {
  const sockets = new Set<Socket>();
  let failure: TunnelError | undefined;
  const forward = async (socket: Socket): Promise<void> => {
    try {
      const stream = await connect();
      failure = undefined;
      pipeline(socket, stream, socket, (error) => {
        // Whoever has connected may go away at any time.
        if (error && stream.errored === error) failure = typed(error);
        if (error) socket.resetAndDestroy();
      });
    } catch (error) {
      failure = typed(error);
      const answer = instead(failure);
      if (answer === undefined) socket.resetAndDestroy();
      else socket.once("data", () => socket.end(answer));
    }
  };
  const server = createServer((socket) => {
    sockets.add(socket.unref());
    socket.on("error", () => undefined).once("close", () => sockets.delete(socket));
    void forward(socket);
  });
  server.unref().listen(wanted, "127.0.0.1");
  await once(server, "listening");
  const bound = server.address();
  const port = typeof bound === "object" && bound ? bound.port : 0;
  return {
    address: `127.0.0.1:${port}`,
    port,
    get failure() {
      return failure;
    },
    close: async () => {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
