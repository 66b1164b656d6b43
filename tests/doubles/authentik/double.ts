import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { type Fault, Faults } from "../faults.ts";
import { type ActionCall, actions, passwords } from "./actions.ts";
import { applyBlueprints, bootstrap } from "./blueprints.ts";
import { type Json, type JsonObject, jsonObjectSchema } from "./json.ts";
import { listed } from "./list.ts";
import { models } from "./models.ts";
import { invalid, notFound, Refusal } from "./refusal.ts";
import { findOperation, mistakes, type Operation, propertiesOf } from "./schema.ts";
import { Store } from "./store.ts";

const BASE = "/api/v3";

/** A request that the double has got. */
export interface SeenRequest {
  readonly method: string;
  /** Path without the base of the API. */
  readonly path: string;
  readonly query: string;
  readonly body: JsonObject;
}

/** How far Authentik has got with its first start. */
export type Progress = "starting" | "bootstrapped" | "ready";

interface Answer {
  readonly status: number;
  readonly body: Json;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * The double of an Authentik 2026.8 server: its API with state in memory. What it takes and what it answers is checked
 * against the published description of the API, and it has the habits of the real one that programs stumble over.
 */
export class AuthentikDouble {
  readonly token = "bootstrap-token-of-the-double";
  readonly store = new Store(models);
  readonly faults = new Faults();
  readonly requests: SeenRequest[] = [];
  /** Answers that do not fit the description: mistakes of the double, which tests must not be built on. */
  readonly defects: string[] = [];
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  /** How many connections were opened. */
  connections = 0;
  #progress: Progress = "starting";

  /** Starts it on a free port. */
  static async start(progress: Progress = "ready"): Promise<AuthentikDouble> {
    const double = new AuthentikDouble();
    double.#server.on("connection", () => double.connections++);
    double.#server.listen(0, "127.0.0.1");
    await once(double.#server, "listening");
    double.advance(progress);
    return double;
  }

  get url(): string {
    const address: AddressInfo = z
      .object({ port: z.number(), address: z.string(), family: z.string() })
      .parse(this.#server.address());
    return `http://127.0.0.1:${address.port}`;
  }

  /** Lets the first start go on: the bootstrap makes the token, the blueprints all that comes with Authentik. */
  advance(to: Progress): void {
    if (this.#progress === "starting" && to !== "starting") bootstrap(this.store, this.token);
    if (this.#progress !== "ready" && to === "ready") applyBlueprints(this.store);
    this.#progress = to;
  }

  /** The password that was set for an account. */
  passwordOf(user: string): string | undefined {
    return passwords.get(this.store)?.get(user);
  }

  /** Paths of the requests that change something. */
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
    const content = await text(request);
    const body = content === "" ? {} : jsonObjectSchema.parse(JSON.parse(content));
    this.requests.push({ method, path, query: searchParams.toString(), body });
    const fault = this.faults.take({ method, path });
    if (fault?.kind === "reset") return void request.socket.destroy();
    const answer =
      fault?.kind === "status" ? faulty(fault) : this.#answer(request, { method, path, query: searchParams, body });
    if (fault?.kind === "silence") return;
    response.writeHead(answer.status, { "content-type": "application/json", ...answer.headers });
    response.end(answer.status === 204 ? undefined : JSON.stringify(answer.body));
  }

  #answer(request: IncomingMessage, call: Call): Answer {
    try {
      if (!call.path.endsWith("/")) throw new Refusal(405, { detail: `Method "${call.method}" not allowed.` });
      const operation = findOperation(call.method, call.path);
      if (operation === "path") throw notFound();
      if (operation === "method") throw new Refusal(405, { detail: `Method "${call.method}" not allowed.` });
      const owner = this.#owner(request.headers.authorization);
      requireDescribed(operation, call);
      return this.#checked(operation, this.#carriedOut(operation, call, owner));
    } catch (error) {
      if (error instanceof Refusal) return { status: error.status, body: error.body };
      return this.#defect(String(error));
    }
  }

  #owner(authorization: string | undefined): JsonObject {
    const token = this.store.find("/core/tokens/", "key", authorization?.replace(/^Bearer /, ""));
    const owner = token && this.store.all("/core/users/").find(({ pk }) => pk === token["user"]);
    if (!owner) throw new Refusal(403, { detail: "Token invalid/expired" });
    return owner;
  }

  #carriedOut(operation: Operation, call: Call, owner: JsonObject): Json {
    const { method, query, body } = call;
    const action = actions[operation.id];
    if (action) {
      const actionCall: ActionCall = { store: this.store, values: operation.values, query, body, owner };
      return action(actionCall);
    }
    const found = this.store.modelOf(operation.path);
    if (!found) throw new Error(`the double does not carry out ${operation.id}`);
    const { model, single } = found;
    if (!single) return method === "POST" ? this.store.create(model.path, body) : listed(model, query, this.store);
    const key = Object.values(operation.values)[0] ?? "";
    if (method === "GET") return this.store.get(model.path, key);
    if (method === "PATCH") return this.store.change(model.path, key, body);
    if (method === "PUT") return this.store.replace(model.path, key, body);
    this.store.delete(model.path, key);
    return null;
  }

  #checked(operation: Operation, body: Json): Answer {
    const [status, schema] = [...operation.responses].find(([code]) => code < 300) ?? [200, undefined];
    const wrong = schema ? mistakes(schema, body) : {};
    if (Object.keys(wrong).length === 0) return { status, body };
    return this.#defect(`the answer to ${operation.id} does not fit: ${JSON.stringify(wrong)}`);
  }

  #defect(what: string): Answer {
    this.defects.push(what);
    return { status: 500, body: { detail: what } };
  }
}

interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: JsonObject;
}

/** Stricter than the real one, which ignores parameters and fields that it does not know: they are mistakes. */
function requireDescribed(operation: Operation, { query, body }: Call): void {
  const known = new Map(operation.query.map((parameter) => [parameter.name, parameter.schema]));
  const strange = [...query.keys()].filter((name) => !known.has(name));
  if (strange.length > 0) throw invalid(Object.fromEntries(strange.map((name) => [name, ["is no parameter"]])));
  if (!operation.body) return;
  const unknown = Object.keys(body).filter(
    (field) => !Object.hasOwn(propertiesOf(operation.body ?? {}).properties, field),
  );
  const wrong = {
    ...mistakes(operation.body, body),
    ...Object.fromEntries(unknown.map((field) => [field, ["is no field"]])),
  };
  const grants = body["grant_types"];
  if (Array.isArray(grants) && grants.length === 0)
    Object.assign(wrong, { grant_types: ["This list may not be empty."] });
  if (Object.keys(wrong).length > 0) throw invalid(wrong);
}

function faulty({ status, retryAfter, body }: Extract<Fault, { kind: "status" }>): Answer {
  const headers = retryAfter === undefined ? {} : { headers: { "retry-after": retryAfter } };
  return { status, body: body ?? { detail: `fault of the test: ${status}` }, ...headers };
}
