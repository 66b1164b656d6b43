import { PAGE_HEADER } from "@homeslice/protocol/session.ts";
import type { FastifyRequest } from "fastify";

const safeMethods = ["GET", "HEAD"];

/**
 * Why a request that a browser sent with its cookie may not be what its user wanted; undefined when a page of ours sent it.
 * @param publicOrigin where browsers reach the orchestrator; without it, the host that the request was for
 */
export function crossSiteFault(request: FastifyRequest, publicOrigin: string | undefined): string | undefined {
  const { headers, method } = request;
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none") return "another site sent it";
  if (headers.origin !== undefined && !isOwn(request, publicOrigin)) return "another site sent it";
  if (!safeMethods.includes(method) && headers[PAGE_HEADER] === undefined) return `it lacks the header ${PAGE_HEADER}`;
  return undefined;
}

/** Whether a page of ours opens the WebSocket: browsers say so by `Origin`, always. */
export function isOwnPage(request: FastifyRequest, publicOrigin: string | undefined): boolean {
  return request.headers.origin !== undefined && isOwn(request, publicOrigin);
}

function isOwn({ headers }: FastifyRequest, publicOrigin: string | undefined): boolean {
  if (publicOrigin !== undefined) return headers.origin === publicOrigin;
  return headers.origin === `http://${headers.host}`;
}
