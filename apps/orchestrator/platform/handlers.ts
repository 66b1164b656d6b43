import type { Context } from "../context.ts";
import type { Handlers } from "../http/routes.ts";
import { Drift } from "./drift.ts";
import { Platform } from "./platform.ts";
import { MeasuredServers } from "./serverMetrics.ts";

/** What Prometheus is asked for by way of the orchestrator, and what was found of stacks. */
export function platformHandlers(context: Context) {
  const platform = new Platform(context);
  const drift = new Drift(context);
  const measured = new MeasuredServers(context);
  return {
    getPlatform: () => platform.health(),
    listDriftChecks: ({ query }) => drift.list(query),
    reportDrift: ({ body }, actor) => drift.report(body, actor),
    getServerMetrics: ({ params, query }) => measured.metrics(params.server_id, query.hours),
  } satisfies Partial<Handlers>;
}
