import type { Duplex } from "node:stream";
import { TunnelError, type TunnelErrorCode } from "@homeslice/tunnel";
import type { buildConnector } from "undici";
import { AuthentikError, type AuthentikErrorCode, type FailedRequest } from "./errors.ts";
import { isRepeatable } from "./retry.ts";

/** A connector of the HTTP client that takes any stream for a socket. */
export function connectorOf(connect: () => Promise<Duplex>): buildConnector.connector {
  return (_options, done) => {
    connect().then(
      (stream) => Reflect.apply(done, undefined, [null, stream]), // its types ask for a socket, any stream will do
      (error: unknown) => done(error instanceof Error ? error : new Error(String(error)), null),
    );
  };
}

/** What has broken on the way through the cluster, when that is what an error tells of. */
export function tunnelErrorIn(error: unknown): TunnelError | undefined {
  if (error instanceof TunnelError) return error;
  return error instanceof Error && error.cause !== undefined ? tunnelErrorIn(error.cause) : undefined;
}

/** How a request has failed that did not get through the cluster; what is not here, by an unreachable server. */
const codes: Readonly<Partial<Record<TunnelErrorCode, AuthentikErrorCode>>> = {
  "tunnel.absent": "authentik.absent",
  "tunnel.gone": "authentik.namespace-gone",
  "tunnel.timeout": "authentik.timeout",
};

/** What is not there does not come by asking again. */
const lasting = new Set<TunnelErrorCode>(["tunnel.absent", "tunnel.gone"]);

/**
 * The error for a request that could not get through the cluster, and whether to try again: a pod may become ready.
 *
 * @throws TunnelError for what no waiting mends: no right to connect, no such port
 */
export function failedInTunnel(request: FailedRequest, cause: TunnelError) {
  if (cause.code === "tunnel.forbidden" || cause.code === "tunnel.no-such-port") throw cause;
  const code = codes[cause.code] ?? "authentik.unreachable";
  const what = `cannot connect: ${cause.where}: ${cause.what}`;
  // Only a connection that stood can have carried the request to Authentik.
  const repeatable = isRepeatable({ method: request.method, refused: cause.code !== "tunnel.failed" });
  return {
    error: new AuthentikError({ code, request, what }, { cause }),
    repeatable: repeatable && !lasting.has(cause.code),
  };
}
