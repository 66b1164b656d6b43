import type { Endpoint, Environment } from "../kit/index.ts";

/** Where the platform is measured, and what the instances are told of it; nothing where nobody does. */
export function measurements(environment: Environment) {
  const { metrics } = environment.catalogue["prometheus"] ?? {};
  const endpoint = metrics && environment.endpoint("prometheus", metrics.port);
  const reaches: readonly Endpoint[] = endpoint ? [endpoint] : [];
  return { reaches, env: endpoint ? { HOMESLICE_PROMETHEUS_URL: endpoint.url } : {} };
}
