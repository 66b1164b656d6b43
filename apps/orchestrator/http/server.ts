import { ApiError, type Caller } from "@homeslice/protocol";
import fastify, { type FastifyInstance } from "fastify";
import { sql } from "kysely";
import { Actions } from "../actions/actions.ts";
import type { LinkServer } from "../agents/link.ts";
import { Audit } from "../audit/audit.ts";
import { addAuditExport } from "../audit/routes.ts";
import { Accounts } from "../auth/accounts.ts";
import { ApiTokens } from "../auth/apiTokens.ts";
import { Authentication } from "../auth/authentication.ts";
import { Logins } from "../auth/logins.ts";
import { addBrowserLogin } from "../auth/routes.ts";
import { Breakers } from "../breaker/breaker.ts";
import { type Context, inTenant } from "../context.ts";
import { addDashboard } from "../dashboard/pages.ts";
import { pendingMigrations } from "../database/migrate.ts";
import { Executions } from "../executions/executions.ts";
import { addWebSockets } from "../live/routes.ts";
import { Locks } from "../locks/locks.ts";
import { Queue } from "../queue/queue.ts";
import { Servers } from "../servers/servers.ts";
import type { Settings } from "../settings.ts";
import { VERSION } from "../version.ts";
import { Admission } from "./admission.ts";
import { addErrorHandling } from "./errors.ts";
import { openApiDocument } from "./openapi.ts";
import { addProtection } from "./protection.ts";
import { RateLimits } from "./rateLimits.ts";
import { addRoutes, type Handlers } from "./routes.ts";
import { addUnknownRoutes } from "./unknownRoutes.ts";

const MAX_BODY_BYTES = 1_048_576;
const REQUEST_TIMEOUT_MS = 30_000;
/** A connection on which nothing moves for so long is closed; WebSockets have their own pulse. */
const CONNECTION_TIMEOUT_MS = 120_000;
const open = { config: { access: "public" } } as const;

/** Builds the HTTP server with everything it answers; it listens when it is told to. */
export async function buildServer(context: Context, settings: Settings, links: LinkServer): Promise<FastifyInstance> {
  const app = fastify({
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200 },
    trustProxy: settings.trustedProxies.length > 0 && [...settings.trustedProxies],
  });
  await addProtection(app, settings);
  const limits = new RateLimits(context.now);
  const authentication = new Authentication(context, settings.secret);
  const logins = new Logins(context, limits, settings.secret, settings.bootstrap);
  const admission = new Admission(authentication, context.refusals, limits, {
    publicOrigin: settings.publicUrl?.origin,
    requestsPerSecond: settings.requestsPerSecond,
  });
  addErrorHandling(app, context.log);
  addUnknownRoutes(app);
  await addWebSockets(app, context, links, admission, limits);
  addRoutes(app, handlersOf(context, logins), admission, context);
  addAuditExport(app, context, admission);
  addBrowserLogin(app, { context, settings, authentication, logins, limits });
  addHealth(app, context, settings);
  if (settings.dashboard !== undefined) await addDashboard(app, settings.dashboard);
  return app;
}

/** The handlers of each tenant's requests; those of public routes are the system's. */
function handlersOf(context: Context, logins: Logins): (tenantId: string | undefined) => Handlers {
  const system = handlers(context, logins);
  const ofTenants = new Map<string, Handlers>();
  return (tenantId) => {
    if (tenantId === undefined) return system;
    const known = ofTenants.get(tenantId) ?? handlers(inTenant(context, tenantId), logins);
    ofTenants.set(tenantId, known);
    return known;
  };
}

function handlers(context: Context, logins: Logins): Handlers {
  const servers = new Servers(context);
  const actions = new Actions(context);
  const executions = new Executions(context, actions);
  const audit = new Audit(context);
  const accounts = new Accounts(context);
  const tokens = new ApiTokens(context);
  const queue = new Queue(context);
  const locks = new Locks(context);
  const breakers = new Breakers(context);
  return {
    listServers: ({ query }) => servers.list(query),
    registerServer: ({ body }, actor) => servers.register(body, actor),
    getServer: ({ params }) => servers.get(params.server_id),
    updateServer: ({ params, body, version }, actor) => servers.update(params.server_id, body, version, actor),
    deleteServer: ({ params, version }, actor) => servers.delete(params.server_id, version, actor),
    getServerHealth: ({ params }) => servers.health(params.server_id),
    startServerExecution: ({ params, body, idempotencyKey }, actor) =>
      executions.start({ ...body, target_servers: [params.server_id], rollout: {} }, actor, idempotencyKey),
    enrolAgent: ({ body }, actor) => servers.enrol(body, actor),
    listActions: ({ query }) => actions.list(query),
    createAction: ({ body }, actor) => actions.create(body, actor),
    getAction: ({ params }) => actions.get(params.action_id),
    updateAction: ({ params, body, version }, actor) => actions.update(params.action_id, body, version, actor),
    deleteAction: ({ params, version }, actor) => actions.delete(params.action_id, version, actor),
    validateAction: ({ params }) => actions.validate(params.action_id),
    previewAction: ({ params, body }) => actions.preview(params.action_id, body),
    startExecution: ({ body, idempotencyKey }, actor) => executions.start(body, actor, idempotencyKey),
    listExecutions: ({ query }) => executions.list(query),
    previewExecution: ({ body }) => executions.preview(body),
    retryExecution: ({ params, idempotencyKey }, actor) => executions.retry(params.execution_id, actor, idempotencyKey),
    getExecution: ({ params, query }) => executions.get(params.execution_id, query.output),
    listExecutionTargets: ({ params, query }) => executions.targets(params.execution_id, query),
    getExecutionStatistics: ({ query }) => executions.statistics(query),
    cancelExecution: ({ params }, actor) => executions.cancel(params.execution_id, actor),
    listAudit: ({ query }) => audit.list(query),
    verifyAudit: () => audit.verify(),
    logIn: ({ body }, actor) => logins.logIn(body, actor),
    refreshTokens: ({ body }, actor) => logins.refresh(body, actor),
    revokeTokens: ({ body }, actor) => logins.revoke(body, actor),
    bootstrap: ({ body }, actor) => logins.bootstrap(body, actor),
    whoAmI: async (_request, _actor, caller) => admitted(caller),
    listAccounts: ({ query }) => accounts.list(query),
    createAccount: ({ body }, actor) => accounts.create(body, actor),
    changeAccount: ({ params, body, version }, actor) => accounts.change(params.account_id, body, version, actor),
    deleteAccount: ({ params, version }, actor) => accounts.delete(params.account_id, version, actor),
    listApiTokens: ({ query }) => tokens.list(query),
    createApiToken: ({ body }, actor, caller) => tokens.create(body, actor, admitted(caller)),
    revokeApiToken: ({ params }, actor) => tokens.revoke(params.token_id, actor),
    getQueue: () => queue.status(),
    controlQueue: ({ body, version }, actor) => queue.control(body, version, actor),
    overrideBreaker: async ({ params, body, version }, actor) => {
      await breakers.override(params.server_id, body, version, actor);
      return await servers.get(params.server_id);
    },
    listLocks: ({ query }) => locks.list(query),
    acquireLock: ({ body }, actor) => locks.acquire(body, actor),
    getLock: ({ params }) => locks.get(params.lock_id),
    extendLock: ({ params, body }, actor) => locks.extend(params.lock_id, body.ttl_seconds, actor),
    releaseLock: ({ params }, actor) => locks.release(params.lock_id, actor),
    forceReleaseLock: ({ params, body }, actor) => locks.forceRelease(params.lock_id, body.reason, actor),
    getExecutionLogs: ({ params, query }) => executions.logs(params.execution_id, query),
  };
}

function admitted(caller: Caller | undefined): Caller {
  if (caller === undefined) throw new ApiError("not_authenticated", "nobody was let in");
  return caller;
}

/** For probes and scrapers: reachable without a token, and silent about what is inside. */
function addHealth(
  app: FastifyInstance,
  { database, metrics, log }: Context,
  { database: { schema } }: Settings,
): void {
  app.get("/healthz", open, async () => ({ status: "ok" }));
  app.get("/readyz", open, async (_request, reply) => {
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
  app.get("/metrics", open, async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
  const document = openApiDocument(VERSION);
  app.get("/api/v1/openapi.json", open, async () => document);
}
