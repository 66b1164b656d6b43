import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { agentsDashboard } from "./agents.ts";
import { orchestratorDashboard } from "./orchestrator.ts";
import { platformDashboard } from "./platform.ts";
import { postgresqlDashboard } from "./postgresql.ts";
import { traefikDashboard } from "./traefik.ts";

/** Every dashboard, by its name. */
export const dashboards: Readonly<Record<string, Dashboard>> = {
  platform: platformDashboard,
  postgresql: postgresqlDashboard,
  traefik: traefikDashboard,
  orchestrator: orchestratorDashboard,
  agents: agentsDashboard,
};
