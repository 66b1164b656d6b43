import { type Answer, type Call, HttpDouble } from "../httpDouble.ts";
import { type ActionCall, actions, passwords } from "./actions.ts";
import { applyBlueprints, bootstrap } from "./blueprints.ts";
import { type Json, type JsonObject, jsonObjectSchema } from "./json.ts";
import { listed } from "./list.ts";
import { models } from "./models.ts";
import { invalid, notFound, Refusal } from "./refusal.ts";
import { findOperation, mistakes, type Operation, propertiesOf } from "./schema.ts";
import { Store } from "./store.ts";

const BASE = "/api/v3";

interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly body: JsonObject;
}

/** How far Authentik has got with its first start. */
export type Progress = "starting" | "bootstrapped" | "ready";

/**
 * The double of an Authentik 2026.8 server: its API with state in memory. What it takes and what it answers is checked
 * against the published description of the API, and it has the habits of the real one that programs stumble over.
 */
export class AuthentikDouble extends HttpDouble<SeenRequest> {
  /** Who knows it may do everything, from the bootstrap on. */
  token = "bootstrap-token-of-the-double";
  readonly store = new Store(models);
  /** Answers that do not fit the description: mistakes of the double, which tests must not be built on. */
  readonly defects: string[] = [];
  /** When the first start came to its end, as Date.now() tells. */
  startedAt: number | undefined;
  #progress: Progress = "starting";

  private constructor() {
    super(BASE);
  }

  /** Starts it on a free port. */
  static async start(progress: Progress = "ready"): Promise<AuthentikDouble> {
    const double = new AuthentikDouble();
    await double.listen();
    double.advance(progress);
    return double;
  }

  /** Lets the first start go on: the bootstrap makes the token, the blueprints all that comes with Authentik. */
  advance(to: Progress): void {
    if (this.#progress === "starting" && to !== "starting") bootstrap(this.store, this.token);
    if (this.#progress !== "ready" && to === "ready") {
      applyBlueprints(this.store);
      this.startedAt = Date.now();
    }
    this.#progress = to;
  }

  /** The password that was set for an account. */
  passwordOf(user: string): string | undefined {
    return passwords.get(this.store)?.get(user);
  }

  protected seen({ method, path, query, body }: Call): SeenRequest {
    return { method, path, query: query.toString(), body: objectOf(body) };
  }

  protected worded(detail: string) {
    return { detail };
  }

  protected answer(request: Call): Answer {
    const call = { ...request, body: objectOf(request.body) };
    try {
      if (!call.path.endsWith("/")) throw new Refusal(405, { detail: `Method "${call.method}" not allowed.` });
      const operation = findOperation(call.method, call.path);
      if (operation === "path") throw notFound();
      if (operation === "method") throw new Refusal(405, { detail: `Method "${call.method}" not allowed.` });
      const owner = this.#owner(call.authorization);
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

  #carriedOut(operation: Operation, call: DescribedCall, owner: JsonObject): Json {
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

/** A call whose body is an object: no operation takes anything else. */
type DescribedCall = Omit<Call, "body"> & { readonly body: JsonObject };

function objectOf(body: unknown): JsonObject {
  return body === undefined ? {} : jsonObjectSchema.parse(body);
}

/** Stricter than the real one, which ignores parameters and fields that it does not know: they are mistakes. */
function requireDescribed(operation: Operation, { query, body }: DescribedCall): void {
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
