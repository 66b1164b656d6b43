import { queryOptions } from "@tanstack/react-query";
import { api } from "../api/client.ts";
import { metricsOf, Readiness } from "./overview.ts";

const REFRESH_MS = 10_000;

/** Whether the orchestrator that answers is ready for work; it says so without a login. */
export const readinessQuery = queryOptions({
  queryKey: ["readiness"],
  queryFn: async () => Readiness.parse(await (await fetch("/readyz")).json()),
  refetchInterval: REFRESH_MS,
  retry: false,
});

/** What the orchestrator that answers measures of itself; none where what is in between does not let it through. */
export const metricsQuery = queryOptions({
  queryKey: ["metrics"],
  queryFn: async () => {
    const response = await fetch("/metrics");
    const isMetrics = response.ok && response.headers.get("content-type")?.startsWith("text/plain");
    return isMetrics ? metricsOf(await response.text()) : metricsOf("");
  },
  refetchInterval: REFRESH_MS,
  retry: false,
});

/** What Prometheus knows of the platform, by way of the orchestrator. */
export const platformQuery = queryOptions({
  queryKey: ["platform"],
  queryFn: () => api.call("getPlatform"),
  refetchInterval: 30_000,
});

/** What the newest look at each stack has found. */
export const driftQuery = queryOptions({
  queryKey: ["drift"],
  queryFn: () => api.call("listDriftChecks", { query: { newest: "true" } }),
  refetchInterval: 60_000,
});

export const limitsQuery = queryOptions({
  queryKey: ["limits"],
  queryFn: () => api.call("getLimits"),
  refetchInterval: REFRESH_MS,
});

export const statisticsQuery = queryOptions({
  queryKey: ["statistics"],
  queryFn: () => api.call("getExecutionStatistics", { query: { hours: 24 } }),
  refetchInterval: 60_000,
});
