import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from "node:http";

/** A server of a test on a port of 127.0.0.1. */
export interface Backend {
  readonly port: number;
  /** The headers of the last request. */
  readonly seen: () => IncomingHttpHeaders;
  readonly close: () => void;
}

/** What the services of a test refuse. */
export const WRONG = "Bearer wrong";

/** A service that answers every request with the same text, but refuses a wrong token; at /stream, it never ends. */
export function echo(text: string): Promise<Backend> {
  return backend(({ headers, url }, response) => {
    response.writeHead(headers.authorization === WRONG ? 401 : 200, { "content-type": "text/plain" });
    if (url === "/stream") return response.write(text);
    return response.end(text);
  });
}

/** What Authentik's outpost does: whoever has the session passes, everybody else is sent to log in. */
export function outpost(): Promise<Backend> {
  return backend(({ headers, url }, response) => {
    if (url !== "/outpost.goauthentik.io/auth/traefik") return response.writeHead(200).end(`outpost at ${url}`);
    if (headers.cookie === "session=valid") return response.writeHead(200, { "X-authentik-username": "alice" }).end();
    return response.writeHead(302, { location: `https://auth.example.org/?rd=${headers["x-forwarded-host"]}` }).end();
  });
}

async function backend(answer: RequestListener): Promise<Backend> {
  let seen: IncomingHttpHeaders = {};
  const server = createServer((request, response) => {
    seen = request.headers;
    answer(request, response);
  });
  server.on("upgrade", (_, socket) => {
    socket.end("HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\nthrough");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: portOf(server), seen: () => seen, close: () => void server.close() };
}

function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the server listens on no port");
  return address.port;
}
