import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Logger } from "pino";
import type { Registry } from "prom-client";
import { hasCode, StartupError } from "./errors.ts";

export interface HttpOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Whether the agent can be given work. */
  readonly isReady: () => boolean;
  readonly registry: Registry;
  readonly log: Logger;
}

/** The agent's own HTTP: /healthz (it runs), /readyz (it is connected), /metrics (Prometheus). */
export class HttpServer {
  readonly #server: Server;

  /** @throws StartupError when the port is taken */
  static async listen(options: HttpOptions): Promise<HttpServer> {
    const server = createServer((request, response) => {
      answer(request.url ?? "", response, options).catch((error: unknown) => {
        options.log.error({ err: error, url: request.url }, "request failed");
        response.destroy();
      });
    });
    try {
      server.listen(options.port, options.host);
      await once(server, "listening");
    } catch (cause) {
      if (!hasCode(cause, "EADDRINUSE", "EACCES", "EADDRNOTAVAIL", "ENOTFOUND")) throw cause;
      const what = `The agent cannot listen on ${options.host}:${options.port}`;
      throw new StartupError(what, "Set HOMESLICE_HOST and HOMESLICE_PORT to an address and a port that are free.", {
        cause,
      });
    }
    return new HttpServer(server);
  }

  private constructor(server: Server) {
    this.#server = server;
  }

  get port(): number {
    const address: string | AddressInfo | null = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }
}

async function answer(url: string, response: ServerResponse, { isReady, registry }: HttpOptions): Promise<void> {
  const json = (status: number, body: object) => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  };
  switch (url.split("?")[0]) {
    case "/healthz":
      return json(200, { status: "ok" });
    case "/readyz":
      return isReady() ? json(200, { status: "ready" }) : json(503, { status: "not connected to the orchestrator" });
    case "/metrics": {
      const metrics = await registry.metrics();
      response.writeHead(200, { "content-type": registry.contentType }).end(metrics);
      return;
    }
    default:
      return json(404, { status: "not found" });
  }
}
