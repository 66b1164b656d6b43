import { z } from "zod";

/**
 * Every error code that the API can answer with, and its HTTP status. A code is part of the contract: scripts may
 * rely on it, so it is never renamed.
 */
export const problemStatus = {
  invalid_request: 400,
  not_authenticated: 401,
  not_permitted: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  idempotency_key_reused: 409,
  precondition_failed: 412,
  body_too_large: 413,
  unsupported_media_type: 415,
  too_many_requests: 429,
  queue_full: 429,
  internal_error: 500,
  not_ready: 503,
} as const;

export type ProblemCode = keyof typeof problemStatus;

/** The body of every error answer (RFC 9457), with a stable `code` and what to do about it. */
export const Problem = z.object({
  type: z.string().meta({ description: "URI reference that names the kind of problem" }),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string().optional(),
  fix: z.string().optional().meta({ description: "What the caller can do about it" }),
  errors: z
    .array(z.object({ path: z.string(), message: z.string() }))
    .optional()
    .meta({ description: "Every fault found in the request, each with its place" }),
});
export type Problem = z.infer<typeof Problem>;

/** An error that is answered to the caller as a problem document. Anything else that is thrown is `internal_error`. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly problem: Problem;

  constructor(code: ProblemCode, detail: string, more: Pick<Problem, "fix" | "errors"> = {}) {
    super(detail);
    this.problem = {
      type: `/problems/${code}`,
      title: code.replaceAll("_", " "),
      status: problemStatus[code],
      code,
      detail,
      ...more,
    };
  }
}
