import { ApiError, type ProblemCode } from "@homeslice/protocol";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import { z } from "zod";
import { TooManyRequests } from "./rateLimits/rateLimits.ts";
import { contextOf } from "./requestLog.ts";

const JSON_PROBLEM = "application/problem+json";

/** Errors that the HTTP server itself raises before a handler runs, by their codes. */
const serverErrors: Record<string, ProblemCode> = {
  FST_ERR_CTP_BODY_TOO_LARGE: "body_too_large",
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "unsupported_media_type",
  FST_ERR_CTP_EMPTY_JSON_BODY: "invalid_request",
  FST_ERR_CTP_INVALID_JSON_BODY: "invalid_request",
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: "invalid_request",
};

/** What the HTTP server throws when it refuses a request. */
const ServerRefusal = z.object({ code: z.string(), message: z.string(), statusCode: z.int() });

/** Answers every error as a problem document. What was not foreseen is logged, and told to nobody. */
export function addErrorHandling(app: FastifyInstance, log: Logger): void {
  app.setErrorHandler(async (error, request, reply) => {
    const { problem } = toApiError(error, (unforeseen) =>
      log.error({ err: unforeseen, ...contextOf(request) }, "a request failed"),
    );
    if (error instanceof TooManyRequests) reply.header("retry-after", error.retryAfterSeconds);
    return await reply.code(problem.status).type(JSON_PROBLEM).send(problem);
  });
}

function toApiError(error: unknown, report: (error: unknown) => void): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof SyntaxError)
    return new ApiError("invalid_request", `the body is not usable JSON: ${error.message}`);
  const refusal = ServerRefusal.safeParse(error);
  if (refusal.success) {
    const { code, message, statusCode } = refusal.data;
    const known = serverErrors[code] ?? (statusCode < 500 ? "invalid_request" : undefined);
    if (known !== undefined) return new ApiError(known, message);
  }
  report(error);
  return new ApiError("internal_error", "the request failed; the log of the orchestrator says why");
}

/** What a change is answered that was meant for another version than the one there is. */
export function preconditionFailed(what: string, version: number): ApiError {
  return new ApiError("precondition_failed", `the ${what} was changed in between: it is in version ${version} now`, {
    fix: "read it again, and send your change with its new ETag as If-Match",
  });
}
