import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import { z } from "zod";
import { type Fault, Faults } from "./faults.ts";

/** A request as it came in. */
export interface Call {
  readonly method: string;
  /** Path without the base of the API. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** The body as JSON; undefined where there was none. */
  readonly body: unknown;
  readonly authorization: string | undefined;
}

/** What is sent back; status 204 sends no body. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** When a request came, and what became of it. */
interface Served {
  /** As Date.now() tells. */
  readonly at: number;
  /** The status that it was answered with; 0 for none yet. */
  status: number;
}

/** A double of an HTTP API on a port of its own: it records what it is asked, and has the faults that a test wants. */
export abstract class HttpDouble<Seen extends Pick<Call, "method" | "path">> {
  readonly faults = new Faults();
  readonly requests: (Seen & Served)[] = [];
  /** How many connections were opened. */
  connections = 0;
  /** Milliseconds that every answer takes. */
  delayMs = 0;
  readonly #base: string;
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  /** @param base path that every address of the API begins with */
  protected constructor(base: string) {
    this.#base = base;
  }

  /** Listens on a free port. */
  protected async listen(): Promise<void> {
    this.#server.on("connection", () => this.connections++);
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
  }

  /** Host and port. */
  get address(): string {
    const { port } = z.object({ port: z.number() }).parse(this.#server.address());
    return `127.0.0.1:${port}`;
  }

  get url(): string {
    return `http://${this.address}`;
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

  /** What is kept of a request. */
  protected abstract seen(call: Call): Seen;

  /** Carries a request out. */
  protected abstract answer(call: Call): Answer;

  /** How the API words a fault. */
  protected abstract worded(text: string): unknown;

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams: query } = new URL(request.url ?? "/", "http://double");
    const method = request.method ?? "GET";
    const path = pathname.startsWith(this.#base) ? pathname.slice(this.#base.length) : pathname;
    const content = await text(request);
    const body: unknown = content === "" ? undefined : JSON.parse(content);
    const call = { method, path, query, body, authorization: request.headers.authorization };
    const record = { ...this.seen(call), at: Date.now(), status: 0 };
    this.requests.push(record);
    const fault = this.faults.take(call);
    if (fault?.kind === "reset") return void request.socket.destroy();
    const answer = fault?.kind === "status" ? this.#faulty(fault) : this.answer(call);
    if (fault?.kind === "silence") return;
    if (this.delayMs > 0) await setTimeout(this.delayMs);
    record.status = answer.status;
    response.writeHead(answer.status, { "content-type": "application/json", ...answer.headers });
    response.end(answer.status === 204 ? undefined : JSON.stringify(answer.body));
  }

  #faulty({ status, retryAfter, body }: Extract<Fault, { kind: "status" }>): Answer {
    const headers = retryAfter === undefined ? {} : { headers: { "retry-after": retryAfter } };
    return { status, body: body ?? this.worded(`fault of the test: ${status}`), ...headers };
  }
}
