import { type Caller, verifyToken } from "@homeslice/protocol";
import fastify, { type FastifyInstance, type FastifyRequest } from "fastify";
import { sql } from "kysely";
import { Actions } from "../actions/actions.ts";
import type { LinkServer } from "../agents/link.ts";
import { Audit } from "../audit/audit.ts";
import { type Context, inTenant } from "../context.ts";
import { pendingMigrations } from "../database/migrate.ts";
import { Executions } from "../executions/executions.ts";
import { addWebSockets } from "../live/routes.ts";
import { Servers } from "../servers/servers.ts";
import type { Settings } from "../settings.ts";
import { addErrorHandling } from "./errors.ts";
import { openApiDocument } from "./openapi.ts";
import { addRoutes, type Handlers } from "./routes.ts";

const MAX_BODY_BYTES = 1_048_576;
const REQUEST_TIMEOUT_MS = 30_000;
const VERSION = "0.1.0";

/** Builds the HTTP server with everything it answers; it listens when it is told to. */
export async function buildServer(context: Context, settings: Settings, links: LinkServer): Promise<FastifyInstance> {
  const app = fastify({
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200 },
  });
  // JSON alone: a text body would let another site's form post what looks like JSON.
  app.removeContentTypeParser("text/plain");
  const authenticate = authenticator(settings.secret, context.now);
  addErrorHandling(app, context.log);
  await addWebSockets(app, context, links, authenticate);
  addRoutes(app, handlersOf(context), authenticate, context);
  addHealth(app, context, settings);
  return app;
}

/** Finds out who calls, by the bearer token alone: no header of a proxy is ever believed. */
function authenticator(secret: Uint8Array, now: () => Date) {
  return async (request: FastifyRequest): Promise<Caller | undefined> => {
    const [scheme, token] = (request.headers.authorization ?? "").split(" ");
    if (scheme?.toLowerCase() !== "bearer" || token === undefined) return undefined;
    return await verifyToken(secret, token, now());
  };
}

/** The handlers of each tenant's requests; those of public routes are the system's. */
function handlersOf(context: Context): (tenantId: string | undefined) => Handlers {
  const system = handlers(context);
  const ofTenants = new Map<string, Handlers>();
  return (tenantId) => {
    if (tenantId === undefined) return system;
    const known = ofTenants.get(tenantId) ?? handlers(inTenant(context, tenantId));
    ofTenants.set(tenantId, known);
    return known;
  };
}

function handlers(context: Context): Handlers {
  const servers = new Servers(context);
  const actions = new Actions(context);
  const executions = new Executions(context, actions);
  const audit = new Audit(context);
  return {
    listServers: ({ query }) => servers.list(query),
    registerServer: ({ body }, actor) => servers.register(body, actor),
    getServer: ({ params }) => servers.get(params.server_id),
    updateServer: ({ params, body, version }, actor) => servers.update(params.server_id, body, version, actor),
    deleteServer: ({ params }, actor) => servers.delete(params.server_id, actor),
    getServerHealth: ({ params }) => servers.health(params.server_id),
    startServerExecution: ({ params, body, idempotencyKey }, actor) =>
      executions.start({ ...body, target_servers: [params.server_id] }, actor, idempotencyKey),
    enrolAgent: ({ body }, actor) => servers.enrol(body, actor),
    listActions: ({ query }) => actions.list(query),
    createAction: ({ body }, actor) => actions.create(body, actor),
    getAction: ({ params }) => actions.get(params.action_id),
    updateAction: ({ params, body, version }, actor) => actions.update(params.action_id, body, version, actor),
    deleteAction: ({ params }, actor) => actions.delete(params.action_id, actor),
    validateAction: ({ params }) => actions.validate(params.action_id),
    previewAction: ({ params, body }) => actions.preview(params.action_id, body),
    startExecution: ({ body, idempotencyKey }, actor) => executions.start(body, actor, idempotencyKey),
    listExecutions: ({ query }) => executions.list(query),
    getExecution: ({ params }) => executions.get(params.execution_id),
    cancelExecution: ({ params }, actor) => executions.cancel(params.execution_id, actor),
    listAudit: ({ query }) => audit.list(query),
    verifyAudit: () => audit.verify(),
    getExecutionLogs: ({ params, query }) => executions.logs(params.execution_id, query),
  };
}

/** For probes and scrapers: reachable without a token, and silent about what is inside. */
function addHealth(
  app: FastifyInstance,
  { database, metrics, log }: Context,
  { database: { schema } }: Settings,
): void {
  app.get("/healthz", async () => ({ status: "ok" }));
  app.get("/readyz", async (_request, reply) => {
    const checks = { database: "ok", migrations: "ok" };
    try {
      await sql`select 1`.execute(database);
      if ((await pendingMigrations(database, schema)).length > 0) checks.migrations = "pending";
    } catch (error) {
      log.warn({ err: error }, "not ready");
      checks.database = "unreachable";
    }
    const ready = Object.values(checks).every((check) => check === "ok");
    return await reply.code(ready ? 200 : 503).send({ ready, checks });
  });
  app.get("/metrics", async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
  const document = openApiDocument(VERSION);
  app.get("/api/v1/openapi.json", async () => document);
}
