import type * as kubernetes from "@pulumi/kubernetes";

type Probe = kubernetes.types.input.core.v1.Probe;
type Check = Pick<Probe, "exec" | "httpGet">;

/** How the cluster learns about a container: whether it may get traffic, and whether it must be restarted. */
export interface Health {
  readonly ready: Check;
  readonly live: Check;
  /** How long it may take to start, in seconds. Default 60. */
  readonly startSeconds?: number;
}

/** Healthy when the path answers with a success; `host` is for programs that answer to certain hosts alone. */
export function http(port: string, path: string, host?: string): Check {
  return { httpGet: { port, path, ...(host && { httpHeaders: [{ name: "Host", value: host }] }) } };
}

/** Healthy when the command exits with 0. */
export function exec(...command: string[]): Check {
  return { exec: { command } };
}

/** The three probes of a container. It has started once it is alive: to be ready may take another service. */
export function probes({
  ready,
  live,
  startSeconds = 60,
}: Health): Record<`${"startup" | "readiness" | "liveness"}Probe`, Probe> {
  const periodSeconds = 2;
  return {
    startupProbe: {
      ...live,
      periodSeconds,
      timeoutSeconds: 3,
      failureThreshold: Math.ceil(startSeconds / periodSeconds),
    },
    readinessProbe: { ...ready, periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 3 },
    livenessProbe: { ...live, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
  };
}
