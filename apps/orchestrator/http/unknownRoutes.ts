import { ApiError } from "@homeslice/protocol";
import type { FastifyInstance, FastifyRequest } from "fastify";

/**
 * Answers what no route answers, before anything looks at its body: 405 with the methods that there are where only the
 * method is another, 404 elsewhere. Has to be added before the routes.
 *
 * @param hasPages whether there is a dashboard, which tells a browser by a page of its own that there is nothing
 */
export function addUnknownRoutes(app: FastifyInstance, hasPages: boolean): void {
  const known: { readonly pattern: RegExp; readonly methods: readonly string[] }[] = [];
  app.addHook("onRoute", ({ url, method }) => {
    // The preflights of every path, which are no route of their own.
    if (url !== "*") known.push({ pattern: patternOf(url), methods: [method].flat() });
  });
  app.addHook("onRequest", async (request, reply) => {
    if (!request.is404) return;
    const path = request.url.split("?")[0] ?? "";
    const methods = new Set(known.flatMap((route) => (route.pattern.test(path) ? route.methods : [])));
    const asked = `${request.method} ${path}`;
    if (methods.size === 0 && hasPages && asksForPage(request)) return;
    if (methods.size === 0) throw new ApiError("not_found", `there is no ${asked}`);
    const allowed = [...methods].toSorted().join(", ");
    reply.header("allow", allowed);
    throw new ApiError("method_not_allowed", `there is no ${asked}`, { fix: `use one of ${allowed}` });
  });
}

/** Whether a browser asks for what it shows, and not a page for its data. */
export function asksForPage({ method, url, headers: { accept = "" } }: FastifyRequest): boolean {
  return method === "GET" && accept.includes("text/html") && !/^\/(api|ws)\//.test(url);
}

/** Matches the paths of a route: `:name` is one part of it, `*` any rest. */
function patternOf(url: string): RegExp {
  const parts = url.split(/(:\w+|\*)/).map((part) => {
    if (part === "*") return ".*";
    return part.startsWith(":") ? "[^/]+" : part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&");
  });
  return new RegExp(`^${parts.join("")}$`);
}
