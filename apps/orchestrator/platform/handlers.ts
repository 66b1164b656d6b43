import type { Context } from "../context.ts";
import type { Handlers } from "../http/routes.ts";
import { Platform } from "./platform.ts";
import { MeasuredServers } from "./serverMetrics.ts";

/** What Prometheus is asked for by way of the orchestrator. */
export function platformHandlers(context: Context) {
  const platform = new Platform(context);
  const measured = new MeasuredServers(context);
  return {
    getPlatform: () => platform.health(),
    getServerMetrics: ({ params, query }) => measured.metrics(params.server_id, query.hours),
  } satisfies Partial<Handlers>;
}
