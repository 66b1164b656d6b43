import {
  type Actor,
  ApiError,
  type Caller,
  IdempotencyKey,
  type RequestOf,
  type ResponseOf,
  type RouteName,
  routeNames,
  routeSchemas,
  routes,
} from "@homeslice/protocol";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { Context } from "../context.ts";
import { type Admission, actorOf } from "./admission.ts";
import { textFaults } from "./text.ts";

/** A parsed request, with what its headers say. */
type HandlerRequest<K extends RouteName> = RequestOf<K> & {
  /** The version that the caller has seen and wants to change (If-Match). */
  readonly version: number | undefined;
  /** What makes it safe to send the request again (Idempotency-Key). */
  readonly idempotencyKey: string | undefined;
};

/** Answers one route. `caller` is who was let in; on a public route that is nobody. */
type Handler<K extends RouteName> = (
  request: HandlerRequest<K>,
  actor: Actor,
  caller: Caller | undefined,
) => Promise<ResponseOf<K>>;

/** One handler for each route of the catalogue: a missing one does not compile. */
export type Handlers = { readonly [K in RouteName]: Handler<K> };

/** What carries a version is answered with it as ETag. */
const Versioned = z.object({ version: z.int() });
const OfExecution = z.object({ execution_id: z.string() });

/**
 * Serves the whole catalogue: who may call, what fits the schema, what comes back.
 * @param handlersOf the handlers that see one tenant alone; without a tenant, those of public routes
 */
export function addRoutes(
  app: FastifyInstance,
  handlersOf: (tenantId: string | undefined) => Handlers,
  admission: Admission,
  { metrics }: Context,
): void {
  for (const name of routeNames) addRoute(name);

  function addRoute<K extends RouteName>(name: K): void {
    const { method, path, permission, status } = routes[name];
    app.route({
      method,
      url: path.replaceAll(/\{(\w+)\}/g, ":$1"),
      config: { access: permission },
      handler: async (request: FastifyRequest, reply: FastifyReply) => {
        const stop = metrics.requests.startTimer({ route: path, method });
        reply.raw.once("finish", () => stop({ status: reply.statusCode }));
        const caller = permission === "public" ? undefined : await admission.admit(request, permission);
        const handler: Handler<K> = handlersOf(caller?.tenant)[name];
        const parsed = { ...parseRequest(name, request), ...parseHeaders(request) };
        const answer = await handler(parsed, actorOf(request, caller?.subject), caller);
        const execution = OfExecution.safeParse(answer);
        if (execution.success) request.executionId = execution.data.execution_id;
        const versioned = Versioned.safeParse(answer);
        if (versioned.success) reply.header("etag", `"${versioned.data.version}"`);
        return await reply.code(status).send(answer);
      },
    });
  }
}

/** Parses params, query and body; the problem document names every fault of all three. */
function parseRequest<K extends RouteName>(name: K, request: FastifyRequest): RequestOf<K> {
  const schemas = routeSchemas[name];
  const params = schemas.params.safeParse(request.params);
  const query = schemas.query.safeParse(request.query);
  const body = schemas.body.safeParse(request.body ?? undefined);
  const unstorable = [...textFaults("path", request.params), ...textFaults("query", request.query)];
  unstorable.push(...textFaults("body", request.body));
  if (params.success && query.success && body.success && unstorable.length === 0) {
    return { params: params.data, query: query.data, body: body.data };
  }
  const unfit = [...faults("path", params.error), ...faults("query", query.error), ...faults("body", body.error)];
  throw invalid([...unfit, ...unstorable.filter(({ path }) => !unfit.some((fault) => fault.path === path))]);
}

/** Our ETags are version numbers in quotes; `*` is any version. */
const IfMatch = z
  .string()
  .regex(/^(\*|"\d{1,9}")$/, 'send the ETag of the answer that you have seen, such as "3"')
  .transform((tag) => (tag === "*" ? undefined : Number(tag.slice(1, -1))))
  .optional();

const Headers = z.object({ "if-match": IfMatch, "idempotency-key": IdempotencyKey.optional() });

function parseHeaders({ headers }: FastifyRequest) {
  const parsed = Headers.safeParse(headers);
  if (!parsed.success) throw invalid(faults("header", parsed.error));
  return { version: parsed.data["if-match"], idempotencyKey: parsed.data["idempotency-key"] };
}

function invalid(errors: { path: string; message: string }[]): ApiError {
  const count = `${errors.length} problem${errors.length === 1 ? "" : "s"}`;
  return new ApiError("invalid_request", `the request has ${count}`, { errors });
}

function faults(part: string, error: z.ZodError | undefined): { path: string; message: string }[] {
  return (error?.issues ?? []).map(({ path, message }) => ({ path: [part, ...path.map(String)].join("."), message }));
}
