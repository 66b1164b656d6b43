import cors from "@fastify/cors";
import helmet from "@fastify/helmet";
import type { Permission } from "@homeslice/protocol";
import type { FastifyInstance } from "fastify";
import type { Settings } from "../settings.ts";
import { parseJson } from "./json.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Who may use a route: whoever has a permission, everybody, or agents that prove their key. */
    access?: Permission | "public" | "agent";
  }
}

const YEAR_SECONDS = 31_536_000;

/** What every request and answer is subject to, before anything looks at it. */
export async function addProtection(app: FastifyInstance, { corsOrigins }: Settings): Promise<void> {
  // A route of which nobody said who may use it keeps the orchestrator from starting.
  app.addHook("onRoute", ({ method, url, config }) => {
    if (config?.access === undefined && method !== "HEAD" && method !== "OPTIONS") {
      throw new Error(`${method} ${url} does not say who may use it`);
    }
  });
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: contentSecurityPolicy },
    strictTransportSecurity: { maxAge: YEAR_SECONDS, includeSubDomains: true },
    frameguard: { action: "deny" },
  });
  if (corsOrigins.length > 0) {
    // Without credentials: another origin's page has a token of its own, or nothing.
    await app.register(cors, {
      origin: [...corsOrigins],
      methods: ["GET", "POST", "PUT", "DELETE"],
      credentials: false,
      exposedHeaders: ["etag", "retry-after", "x-request-id"],
    });
  }
  app.addHook("onRequest", async (request, reply) => {
    if (/^\/(api|auth)\//.test(request.url)) reply.header("cache-control", "no-store");
  });
  // JSON alone: another type would let another site's form post what looks like JSON.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "string" }, async (_request: unknown, body: string) =>
    body === "" ? undefined : parseJson(body),
  );
}

const contentSecurityPolicy = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'", "data:"],
  fontSrc: ["'self'"],
  connectSrc: ["'self'"],
  manifestSrc: ["'self'"],
  workerSrc: ["'self'"],
  baseUri: ["'none'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
};
