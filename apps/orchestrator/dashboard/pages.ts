import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import { ApiError } from "@homeslice/protocol";
import type { FastifyInstance, FastifyReply } from "fastify";
import { asksForPage } from "../http/unknownRoutes.ts";

const open = { config: { access: "public" } } as const;
const YEAR = "365d";

/** The first part of the addresses of the pages: the browser shows each from the same document. */
const areas = [
  "servers",
  "run",
  "actions",
  "approvals",
  "history",
  "audit",
  "reports",
  "executions",
  "locks",
  "schedules",
  "workflows",
  "workflow-runs",
  "platform",
  "hooks",
  "notifications",
  "accounts",
  "tokens",
  "secrets",
];

/** Files whose addresses are the same for ever. */
const files = [
  "icon.svg",
  "icon-192.png",
  "icon-512.png",
  "icon-maskable.png",
  "manifest.webmanifest",
  "service-worker.js",
];

/**
 * Serves the dashboard: the document for every page, also for those that there are not, and its files. The document is
 * asked for anew each time, so that a newer orchestrator shows its own; the files carry a hash of their content in their
 * name and may be kept.
 *
 * @param directory where the built dashboard is
 */
export async function addDashboard(app: FastifyInstance, directory: string): Promise<void> {
  await app.register(fastifyStatic, { root: directory, serve: false, preCompressed: true });
  app.get<{ Params: { "*": string } }>("/assets/*", open, (request, reply) =>
    reply.sendFile(request.params["*"], join(directory, "assets"), { immutable: true, maxAge: YEAR }),
  );
  const sendDocument = (reply: FastifyReply) =>
    reply.header("cache-control", "no-cache").sendFile("index.html", directory, { cacheControl: false });
  for (const url of ["/", ...areas.flatMap((area) => [`/${area}`, `/${area}/*`])]) {
    app.get(url, open, (_request, reply) => sendDocument(reply));
  }
  app.setNotFoundHandler((request, reply) => {
    if (!asksForPage(request)) throw new ApiError("not_found", `there is no ${request.method} ${request.url}`);
    return sendDocument(reply.code(404));
  });
  for (const file of files) {
    app.get(`/${file}`, open, (_request, reply) =>
      reply.header("cache-control", "no-cache").sendFile(file, directory, { cacheControl: false }),
    );
  }
}
