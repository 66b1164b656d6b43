import type { Catalogue } from "@homeslice/components";

/** What talks to what, beside what follows from the catalogue: every connection of the platform, by hand. */
export const links: readonly string[] = [
  "agent/server → orchestrator/server:8080",
  "authentik/server → postgresql/server:5432",
  "authentik/worker → postgresql/server:5432",
  "backup/authentik → backup/server:8000",
  "backup/authentik → postgresql/server:5432",
  "backup/authentik-drill → backup/server:8000",
  "backup/authentik-restore → backup/server:8000",
  "backup/authentik-restore → postgresql/server:5432",
  "backup/grafana → backup/server:8000",
  "backup/grafana → postgresql/server:5432",
  "backup/grafana-drill → backup/server:8000",
  "backup/grafana-restore → backup/server:8000",
  "backup/grafana-restore → postgresql/server:5432",
  "backup/list → backup/server:8000",
  "backup/orchestrator → backup/server:8000",
  "backup/orchestrator → postgresql/server:5432",
  "backup/orchestrator-drill → backup/server:8000",
  "backup/orchestrator-restore → backup/server:8000",
  "backup/orchestrator-restore → postgresql/server:5432",
  "blackbox-exporter/server → traefik/server:8443",
  "collector/server → loki/server:3100",
  "authentik/worker → orchestrator/server:8080",
  "grafana/server → alertmanager/server:9093",
  "grafana/server → authentik/server:9000",
  "grafana/server → loki/server:3100",
  "grafana/server → postgresql/server:5432",
  "grafana/server → prometheus/server:9090",
  "homepage/server → alertmanager/server:9093",
  "homepage/server → authentik/server:9000",
  "homepage/server → grafana/server:3000",
  "homepage/server → orchestrator/server:8080",
  "homepage/server → prometheus/server:9090",
  "homepage/server → traefik/server:8080",
  "loki/server → alertmanager/server:9093",
  "orchestrator/migrate → postgresql/server:5432",
  "orchestrator/server → postgresql/server:5432",
  "orchestrator/server → prometheus/server:9090",
  "orchestrator/server → redis/server:6379",
  "orchestrator/server → traefik/server:8443",
  "postgresql/authentik → postgresql/server:5432",
  "postgresql/backup → postgresql/server:5432",
  "postgresql/grafana → postgresql/server:5432",
  "postgresql/grafana-observer → postgresql/server:5432",
  "postgresql/monitor → postgresql/server:5432",
  "postgresql/orchestrator → postgresql/server:5432",
];

/** Who reaches addresses outside the cluster, or is reached from there. */
export const outside: readonly string[] = [
  "objects-exporter/server → outside:443",
  "objects-exporter/server → outside:6443",
  "outside → traefik/server:8000",
  "outside → traefik/server:8443",
  "traefik/server → outside:443",
  "traefik/server → outside:6443",
];

/** The connections that declarations ask for: the edge to every page that it publishes, Prometheus to every metric. */
export function declared(catalogue: Catalogue): string[] {
  const signOn = "authentik" in catalogue;
  return Object.entries(catalogue).flatMap(([name, { metrics, web }]) => [
    ...(web && (signOn || web.access.by !== "forward") ? [`traefik/server → ${name}/server:${web.port}`] : []),
    ...(metrics && name !== "prometheus" ? [`prometheus/server → ${name}/server:${metrics.port}`] : []),
  ]);
}
