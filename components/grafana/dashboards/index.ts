import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { agentsDashboard } from "./agents.ts";
import { orchestratorDashboard } from "./orchestrator.ts";
import { platformDashboard } from "./platform.ts";
import { postgresqlDashboard } from "./postgresql.ts";
import { traefikDashboard } from "./traefik.ts";

/** Every dashboard, by the name of its file. */
export const dashboards: Readonly<Record<string, Dashboard>> = {
  "platform.json": platformDashboard,
  "postgresql.json": postgresqlDashboard,
  "traefik.json": traefikDashboard,
  "orchestrator.json": orchestratorDashboard,
  "agents.json": agentsDashboard,
};

/** providers.yaml: tells Grafana to show the dashboards of a directory, and to keep them as they are there. */
export function dashboardProviders(path: string) {
  const provider = {
    name: "homeslice",
    folder: "Homeslice",
    folderUid: "homeslice",
    type: "file",
    disableDeletion: false,
    allowUiUpdates: false,
    options: { path },
  };
  return { apiVersion: 1, providers: [provider] };
}
