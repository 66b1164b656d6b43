import fastify, { type FastifyInstance } from "fastify";
import { sql } from "kysely";
import type { Logger } from "pino";
import type { LinkServer } from "../agents/link.ts";
import { addAuditExport } from "../audit/routes.ts";
import { Authentication } from "../auth/authentication.ts";
import { Logins } from "../auth/logins.ts";
import { addBrowserLogin } from "../auth/routes.ts";
import { Census } from "../census/census.ts";
import type { Context } from "../context.ts";
import { pendingMigrations } from "../database/migrate.ts";
import { addHookCalls } from "../hooks/routes.ts";
import { addWebSockets } from "../live/routes.ts";
import { addReports } from "../reports/routes.ts";
import type { RedisSettings, Settings } from "../settings.ts";
import { VERSION } from "../version.ts";
import { Admission } from "./admission.ts";
import { addErrorHandling } from "./errors.ts";
import { handlersOf } from "./handlers.ts";
import { openApiDocument } from "./openapi.ts";
import { addProtection } from "./protection.ts";
import { RateLimits, type SharedBuckets } from "./rateLimits/rateLimits.ts";
import { addRequestLog, newRequestId } from "./requestLog.ts";
import { addRoutes } from "./routes.ts";
import { addUnknownRoutes } from "./unknownRoutes.ts";

const MAX_BODY_BYTES = 1_048_576;
/** How often requests that take too long to arrive are looked for, in each of the times that they have. */
const ARRIVAL_CHECKS = 6;
/** A connection on which nothing moves for so long is closed; WebSockets have their own pulse. */
const CONNECTION_TIMEOUT_MS = 120_000;
const open = { config: { access: "public" } } as const;

/** Builds the HTTP server with everything it answers; it listens when it is told to. */
export async function buildServer(context: Context, settings: Settings, links: LinkServer): Promise<FastifyInstance> {
  const app = fastify({
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: context.timings.arrivalMs,
    http: { connectionsCheckingInterval: context.timings.arrivalMs / ARRIVAL_CHECKS },
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    forceCloseConnections: true,
    genReqId: newRequestId,
    routerOptions: { maxParamLength: 200 },
    trustProxy: settings.trustedProxies.length > 0 && [...settings.trustedProxies],
  });
  addRequestLog(app, context.log);
  await addProtection(app, settings);
  const shared = settings.redis && (await openSharedBuckets(settings.redis, context.log));
  app.addHook("onClose", async () => shared?.close());
  const limits = new RateLimits(context, shared);
  const authentication = new Authentication(context, settings.secret);
  const logins = new Logins(context, limits, settings.secret, settings.bootstrap);
  const admission = new Admission(authentication, context.refusals, limits, {
    publicOrigin: settings.publicUrl?.origin,
    requestsPerSecond: settings.requestsPerSecond,
  });
  addErrorHandling(app, context.log);
  addUnknownRoutes(app, settings.dashboard !== undefined);
  await addWebSockets(app, context, links, admission);
  addRoutes(app, handlersOf(context, logins), admission, context);
  await addHookCalls(app, context, limits);
  addAuditExport(app, context, admission);
  addReports(app, context, admission);
  addBrowserLogin(app, { context, settings, authentication, logins, limits });
  addHealth(app, context, settings);
  if (settings.dashboard !== undefined) await serveDashboard(app, settings.dashboard);
  return app;
}

// What takes long to load is loaded where it is used.
async function serveDashboard(app: FastifyInstance, directory: string): Promise<void> {
  const { addDashboard } = await import("../dashboard/pages.ts");
  await addDashboard(app, directory);
}

async function openSharedBuckets(redis: RedisSettings, log: Logger): Promise<SharedBuckets> {
  const { RedisBuckets } = await import("./rateLimits/redisBuckets.ts");
  return new RedisBuckets(redis, log);
}

/** For probes and scrapers: reachable without a token, and silent about what is inside. */
function addHealth(app: FastifyInstance, context: Context, { database: { schema } }: Settings): void {
  const { database, metrics, log } = context;
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
  const census = new Census(context);
  app.get("/metrics", open, async (_request, reply) => {
    await census.take();
    return await reply.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
  // It takes long to make, and few ask for it.
  let document: ReturnType<typeof openApiDocument> | undefined;
  app.get("/api/v1/openapi.json", open, async () => {
    document ??= openApiDocument(VERSION);
    return document;
  });
}
