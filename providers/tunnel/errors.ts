import { UserError } from "@homeslice/config/errors.ts";

/** The ways in which the port of a pod cannot be reached, each with what the user can do about it. */
const fixes = {
  "tunnel.gone": "Check the name of the namespace, and that this is the right cluster.",
  "tunnel.absent": "Check the name, and that it is deployed.",
  "tunnel.not-ready": "Wait until its pod is ready, and try again; kubectl describe tells what it waits for.",
  "tunnel.no-such-port": "Name one of the ports that the Service has.",
  "tunnel.forbidden": "Give this user the right to get services, list pods, and create pods/portforward there.",
  "tunnel.unreachable": "Check that the cluster runs and that this machine reaches it (kubectl version).",
  "tunnel.timeout": "Try again when the cluster is less busy.",
  "tunnel.failed": "See the log of the pod, and of the kubelet of its node.",
} as const;

/** What stands in the way. */
export type TunnelErrorCode = keyof typeof fixes;

/** A connection to a port of a pod that did not come about, or that the cluster broke off. */
export class TunnelError extends UserError {
  override readonly code: TunnelErrorCode;

  constructor(code: TunnelErrorCode, where: string, what: string, options?: ErrorOptions) {
    super({ code, where, what, fix: fixes[code] }, options);
    this.code = code;
  }
}

/** The error for an answer of the API server that is none of success. */
export function refused(where: string, status: number, text: string, cause?: unknown): TunnelError {
  const options = { cause };
  const told = text ? `: ${text}` : "";
  switch (status) {
    case 401:
      return new TunnelError("tunnel.forbidden", where, `the cluster does not know this user${told}`, options);
    case 403:
      return new TunnelError("tunnel.forbidden", where, `the cluster does not let this user connect${told}`, options);
    case 404:
      return new TunnelError("tunnel.absent", where, `does not exist${told}`, options);
    default:
      return new TunnelError("tunnel.failed", where, `the cluster answers with status ${status}${told}`, options);
  }
}

/** The error for whatever a request to the API server failed with, but for its own answers. */
export function tunnelError(where: string, error: unknown): TunnelError {
  if (error instanceof TunnelError) return error;
  if (error instanceof Error && error.name === "TimeoutError")
    return new TunnelError("tunnel.timeout", where, "the cluster does not answer in time", { cause: error });
  return new TunnelError("tunnel.unreachable", where, `the cluster cannot be reached: ${rootOf(error)}`, {
    cause: error,
  });
}

/** What a Status object of the API says; otherwise the text itself. */
export function messageOf(body: string): string {
  try {
    const status: unknown = JSON.parse(body);
    const isStatus = typeof status === "object" && status !== null && "message" in status;
    return isStatus && typeof status.message === "string" ? status.message : body.trim();
  } catch {
    return body.trim();
  }
}

/** The innermost reason, for the outer ones say no more than that something failed. */
function rootOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return rootOf(error.errors[0]);
  if (error instanceof Error) return error.cause === undefined ? error.message || error.name : rootOf(error.cause);
  return String(error);
}
