import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { agentsDashboard } from "./agents.ts";
import { alertingDashboard } from "./alerting.ts";
import { authentikDashboard } from "./authentik.ts";
import { backupDashboard } from "./backup.ts";
import { logsDashboard } from "./logs.ts";
import { orchestratorDashboard } from "./orchestrator.ts";
import { platformDashboard } from "./platform.ts";
import { postgresqlDashboard } from "./postgresql.ts";
import { redisDashboard } from "./redis.ts";
import { traefikDashboard } from "./traefik.ts";
import { workloadsDashboard } from "./workloads.ts";

/** Every dashboard, by its name. */
export const dashboards: Readonly<Record<string, Dashboard>> = {
  platform: platformDashboard,
  workloads: workloadsDashboard,
  traefik: traefikDashboard,
  authentik: authentikDashboard,
  postgresql: postgresqlDashboard,
  redis: redisDashboard,
  backup: backupDashboard,
  alerting: alertingDashboard,
  logs: logsDashboard,
  orchestrator: orchestratorDashboard,
  agents: agentsDashboard,
};
