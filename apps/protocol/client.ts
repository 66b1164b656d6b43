import type { z } from "zod";
import { Problem } from "./errors.ts";
import type { Route } from "./route.ts";
import type { Routes } from "./routes.ts";
import { type ResponseOf, type RouteName, routeSchemas, routes } from "./routes.ts";

/** The parts of a request as a caller writes them: only those that the route takes. */
type CallOf<K extends RouteName> = {
  params?: z.input<Routes[K]["params"]>;
  query?: z.input<Routes[K]["query"]>;
  body?: z.input<Routes[K]["body"]>;
  /** Of routes that take one: sending the same request with the same key again acts once. */
  idempotencyKey?: string;
  /** Of changes that take one: the version that was seen. When it is another by now, nothing is changed. */
  version?: number;
};

/** An error answer of the API, or no answer at all (`status` 0, code `unreachable`). */
export class ClientError extends Error {
  override readonly name = "ClientError";
  readonly problem: Problem;

  constructor(problem: Problem, options?: ErrorOptions) {
    super(problem.detail ?? problem.title, options);
    this.problem = problem;
  }
}

export interface ClientOptions {
  /** Base URL of the orchestrator, without a trailing slash. */
  readonly url: string;
  /** Bearer token; left out for routes that are public. */
  readonly token?: string;
  /** Headers that every request carries. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds after which a call fails. Default 10,000. */
  readonly timeoutMs?: number;
  /** How requests are sent, where the address alone does not say it. Default: `fetch`. */
  readonly fetch?: (url: URL, request: SentRequest) => Promise<Response>;
}

/** A request on its way. */
export interface SentRequest {
  readonly method: Route["method"];
  readonly headers: Headers;
  readonly signal: AbortSignal;
  readonly body?: string;
}

/** A typed client of the REST API, inferred from the catalogue of routes. */
export interface Client {
  call<K extends RouteName>(name: K, request?: CallOf<K>): Promise<ResponseOf<K>>;
}

export function createClient(options: ClientOptions): Client {
  return {
    async call(name, request = {}) {
      const { ok, status, text } = await send(options, routes[name], request);
      if (!ok) throw new ClientError(problemFrom(status, text));
      // Fields that a newer orchestrator added are dropped; a missing one is an error.
      return routeSchemas[name].response.parse(text === "" ? undefined : JSON.parse(text));
    },
  };
}

/** @throws ClientError when there is no answer, or only a part of one */
async function send(options: ClientOptions, route: Route, request: CallOf<RouteName>) {
  const { token, timeoutMs = 10_000, fetch: sendOff = fetch } = options;
  const headers = new Headers(options.headers);
  if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
  if (request.body !== undefined) headers.set("content-type", "application/json");
  if (request.idempotencyKey !== undefined) headers.set("idempotency-key", request.idempotencyKey);
  if (request.version !== undefined) headers.set("if-match", `"${request.version}"`);
  try {
    const response = await sendOff(urlOf(options.url, route, request), {
      method: route.method,
      headers,
      signal: AbortSignal.timeout(timeoutMs),
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    });
    return { ok: response.ok, status: response.status, text: await response.text() };
  } catch (cause) {
    throw unreachable(options.url, cause);
  }
}

/** What is told of an orchestrator that gives no answer at all. */
export function unreachable(url: string, cause: unknown): ClientError {
  const problem = { type: "about:blank", title: "unreachable", status: 0, code: "unreachable" } as const;
  return new ClientError({ ...problem, detail: `${url} does not answer` }, { cause });
}

function urlOf(base: string, route: Route, request: CallOf<RouteName>): URL {
  const params: Record<string, string> = request.params ?? {};
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ""));
  const url = new URL(base + path);
  for (const [name, value] of Object.entries(request.query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
}

/** What an answer says that is none of success. */
export function problemFrom(status: number, text: string): Problem {
  try {
    return Problem.parse(JSON.parse(text));
  } catch {
    // A proxy in between answers with what it likes: keep the status and the beginning of what it said.
    return { type: "about:blank", title: "error", status, code: "unexpected_answer", detail: text.slice(0, 500) };
  }
}

/** Asks for one page of a list. */
type ReadPage<Item> = (query: { limit: number; cursor?: string }) => Promise<{
  readonly items: readonly Item[];
  readonly next_cursor: string | null;
}>;

/** Every item of a list, page by page. */
export async function everything<Item>(read: ReadPage<Item>): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const page = await read({ limit: 1_000, ...(cursor === undefined ? {} : { cursor }) });
    items.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  return items;
}
