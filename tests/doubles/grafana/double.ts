import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import type { Value } from "@homeslice/plugin/values.ts";
import { z } from "zod";
import { Faults } from "../faults.ts";
import { Dashboards } from "./dashboards.ts";
import { DataSources } from "./datasources.ts";
import { Folders } from "./folders.ts";
import { Refusal } from "./refusal.ts";
import type { Route } from "./routes.ts";
import { Teams } from "./teams.ts";

const BASE = "/api";
const USER = "admin";

/** A request that the double has got. */
export interface SeenRequest {
  readonly method: string;
  /** Path without the base of the API. */
  readonly path: string;
}

interface Answer {
  readonly status: number;
  readonly body: Value;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface GrafanaOptions {
  /** Password of the administrator. @default the first that is tried, as if the server had been started with it */
  readonly password?: string;
  /** Whether the server is still about to prepare its database. @default false */
  readonly starting?: boolean;
}

/** The double of a Grafana 13 server: the part of its API that keeps its contents, with state in memory. */
export class GrafanaDouble {
  readonly faults = new Faults();
  readonly requests: SeenRequest[] = [];
  readonly datasources = new DataSources();
  readonly folders: Folders = new Folders({
    teamExists: (id) => this.teams.has(id),
    emptied: (uid) => this.dashboards.deleteIn(uid),
  });
  readonly teams: Teams = new Teams((id) => this.folders.forgetTeam(id));
  readonly dashboards = new Dashboards(this.folders);
  /** Milliseconds that every answer takes. */
  delayMs = 0;
  #starting: boolean;
  #password: string | undefined;
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  private constructor({ password, starting = false }: GrafanaOptions) {
    this.#password = password;
    this.#starting = starting;
  }

  /** Starts it on a free port. */
  static async start(options: GrafanaOptions = {}): Promise<GrafanaDouble> {
    const double = new GrafanaDouble(options);
    double.#server.listen(0, "127.0.0.1");
    await once(double.#server, "listening");
    return double;
  }

  /** Host and port. */
  get address(): string {
    const { port } = z.object({ port: z.number() }).parse(this.#server.address());
    return `127.0.0.1:${port}`;
  }

  get url(): string {
    return `http://${this.address}`;
  }

  /** Lets the start come to its end. */
  ready(): void {
    this.#starting = false;
  }

  /** The requests that change something. */
  writes(): string[] {
    return this.requests.filter(({ method }) => method !== "GET").map(({ method, path }) => `${method} ${path}`);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? "GET";
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://double");
    const path = pathname.startsWith(BASE) ? pathname.slice(BASE.length) : pathname;
    const body = await text(request);
    this.requests.push({ method, path });
    const fault = this.faults.take({ method, path });
    if (fault?.kind === "reset") return void request.socket.destroy();
    const answer: Answer =
      fault?.kind === "status"
        ? {
            status: fault.status,
            body: { message: `fault of the test: ${fault.status}` },
            ...(fault.retryAfter && { headers: { "retry-after": fault.retryAfter } }),
          }
        : this.#answer(request, method, path, searchParams, body === "" ? undefined : JSON.parse(body));
    if (fault?.kind === "silence") return;
    if (this.delayMs > 0) await setTimeout(this.delayMs);
    response.writeHead(answer.status, { "content-type": "application/json", ...answer.headers });
    response.end(JSON.stringify(answer.body));
  }

  #answer(request: IncomingMessage, method: string, path: string, query: URLSearchParams, body: unknown): Answer {
    try {
      if (method === "GET" && path === "/health") return this.#health();
      if (this.#starting) throw new Refusal(503, "Grafana is starting");
      this.#requireAdministrator(request.headers.authorization);
      const route = this.#routes().find((each) => each.method === method && each.pattern.test(path));
      if (!route) throw new Refusal(404, "Not found");
      return { status: 200, body: route.answer(route.pattern.exec(path)?.groups ?? {}, query, body) };
    } catch (error) {
      if (error instanceof Refusal) return { status: error.status, body: error.body };
      throw error;
    }
  }

  /** A search comes before what might be called so. */
  #routes(): readonly Route[] {
    return [this.dashboards, this.teams, this.folders, this.datasources].flatMap(({ routes }) => routes);
  }

  #health(): Answer {
    const version = "13.2.0";
    if (this.#starting) return { status: 503, body: { database: "failing", version } };
    return { status: 200, body: { database: "ok", version } };
  }

  #requireAdministrator(authorization = ""): void {
    const [user, password] = Buffer.from(authorization.replace(/^Basic /, ""), "base64")
      .toString()
      .split(":");
    this.#password ??= password;
    if (user === USER && password !== undefined && password === this.#password) return;
    throw new Refusal(401, "Invalid username or password");
  }
}
