import { randomUUID } from "node:crypto";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Logger } from "pino";
import { z } from "zod";

declare module "fastify" {
  interface FastifyRequest {
    /** The execution that the answer is about. */
    executionId?: string;
  }
}

/** A new id for each request: by it, an answer is found in the log. */
export const newRequestId = () => randomUUID();

/** What of a path is an id, whatever was sent in its place. */
const Ids = z.record(z.string(), z.unknown()).transform((params) =>
  Object.fromEntries(
    Object.entries(params).flatMap(([name, value]) => {
      const id = z.uuid().safeParse(value);
      return id.success ? [[name, id.data]] : [];
    }),
  ),
);

/** Answers every request with its id, and logs it: changes as information, reads for those who look for a fault. */
export function addRequestLog(app: FastifyInstance, log: Logger): void {
  app.addHook("onRequest", async (request, reply) => {
    reply.header("x-request-id", request.id);
  });
  app.addHook("onResponse", async (request, { statusCode, elapsedTime }) => {
    const entry = { ...contextOf(request), status: statusCode, milliseconds: Math.round(elapsedTime * 10) / 10 };
    if (statusCode >= 500) log.warn(entry, "a request was answered with an error");
    else if (request.method === "GET") log.debug(entry, "a request was answered");
    else log.info(entry, "a request was answered");
  });
}

/** By which log entries about a request are found. The address is that of the route: a path may hold what it likes. */
export function contextOf(request: FastifyRequest): Record<string, string | undefined> {
  const { id, method, routeOptions, executionId, params } = request;
  return {
    request_id: id,
    method,
    route: routeOptions.url,
    ...Ids.safeParse(params ?? {}).data,
    ...(executionId === undefined ? {} : { execution_id: executionId }),
  };
}
