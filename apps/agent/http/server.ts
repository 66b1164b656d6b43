import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { HeldAttempt } from "@homeslice/protocol/link.ts";
import type { HostStatus } from "@homeslice/protocol/servers.ts";
import type { Logger } from "pino";
import type { Registry } from "prom-client";
import type { z } from "zod";
import { hasCode, StartupError } from "../errors.ts";
import { type AgentStatus, agentOpenApi, type Health } from "./catalogue.ts";

export interface HttpOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** What the agent is; `connected` says whether it can be given work. */
  readonly status: () => AgentStatus;
  readonly measure: () => Promise<HostStatus>;
  readonly held: () => HeldAttempt[];
  readonly registry: Registry;
  readonly log: Logger;
}

/** The agent's own HTTP: it tells, and takes no orders. /openapi.json describes it. */
export class HttpServer {
  readonly #server: Server;

  /** @throws StartupError when the port is taken */
  static async listen(options: HttpOptions): Promise<HttpServer> {
    const server = createServer((request, response) => {
      answer(request, response, options).catch((error: unknown) => {
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

async function answer(request: IncomingMessage, response: ServerResponse, options: HttpOptions): Promise<void> {
  const { status, measure, held, registry } = options;
  const json = (code: number, body: object) => {
    response.writeHead(code, { "content-type": "application/json", "cache-control": "no-store" });
    response.end(JSON.stringify(body));
  };
  if (request.method !== "GET" && request.method !== "HEAD") return json(405, { status: "method not allowed" });
  const { connected, version } = status();
  switch (request.url?.split("?")[0]) {
    case "/healthz":
      return json(200, { status: "ok", version, connected, system: await measure() } satisfies z.infer<typeof Health>);
    case "/readyz":
      return connected ? json(200, { status: "ready" }) : json(503, { status: "not connected to the orchestrator" });
    case "/api/v1/status":
      return json(200, status());
    case "/api/v1/jobs":
      return json(200, { items: held() });
    case "/openapi.json":
      return json(200, agentOpenApi(version));
    case "/metrics": {
      const metrics = await registry.metrics();
      response.writeHead(200, { "content-type": registry.contentType }).end(metrics);
      return;
    }
    default:
      return json(404, { status: "not found" });
  }
}
