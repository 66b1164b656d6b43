import { type Complaint, UserError } from "@homeslice/config/errors.ts";

/** The kinds of failure of a request to Authentik, each with what the user can do about it. */
const kinds = {
  "authentik.invalid": "Correct the named arguments.",
  "authentik.forbidden":
    "Give the provider the token of a user with enough permissions; until the first start has finished, Authentik refuses every token.",
  "authentik.not-found":
    "Check the address of the provider and that the object still exists; a refresh finds what is gone.",
  "authentik.rate-limited": "Authentik asks for fewer requests: try again later.",
  "authentik.server-error": "See the log of the Authentik server, and try again when it is well.",
  "authentik.timeout": "Try again; raise requestTimeoutMs on the provider when the server is slow.",
  "authentik.unreachable":
    "Check the address of the provider, and that Authentik is running and can be reached from here.",
  "authentik.absent": "Check that it is deployed, and that the provider names its Service.",
  "authentik.namespace-gone":
    "Check that the provider names the namespace of Authentik, and the cluster that it is in.",
  "authentik.circuit-open":
    "Authentik failed many times in a row and is left alone for a while: try again when it is well.",
  "authentik.unexpected": "Check that the version of Authentik fits this provider.",
} as const;

/** What went wrong with a request. */
export type AuthentikErrorCode = keyof typeof kinds;

/** The request that failed, as messages name it. */
export interface FailedRequest {
  readonly method: string;
  /** Path with the query, without host. */
  readonly path: string;
}

interface Failure {
  readonly code: AuthentikErrorCode;
  readonly request: FailedRequest;
  readonly what: string;
  readonly status?: number;
  /** Field of the API → what is wrong with it. */
  readonly fields?: Readonly<Record<string, readonly string[]>>;
}

/** A request to Authentik that failed for good: which one, how, and the fields that Authentik complains about. */
export class AuthentikError extends UserError {
  readonly request: FailedRequest;
  readonly status: number | undefined;
  readonly fields: Readonly<Record<string, readonly string[]>>;

  constructor({ code, request, what, status, fields = {} }: Failure, options?: ErrorOptions) {
    const complaint: Complaint = { code, where: `${request.method} ${request.path}`, what, fix: kinds[code] };
    super(complaint, options);
    this.request = request;
    this.status = status;
    this.fields = fields;
  }
}

/** Whether the object that a request was about does not exist. */
export function isNotFound(error: unknown): boolean {
  return error instanceof AuthentikError && error.code === "authentik.not-found";
}

/** Whether there is no Authentik that could be asked: nothing runs of it in its cluster, or its namespace is gone. */
export function isAbsent(error: unknown): error is AuthentikError {
  return (
    error instanceof AuthentikError && (error.code === "authentik.absent" || error.code === "authentik.namespace-gone")
  );
}
