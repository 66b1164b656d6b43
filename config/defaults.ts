/** The environments that the program knows; a stack with one of these names needs no `environment` setting. */
export const environments = ["dev", "staging", "prod"] as const;
export type EnvironmentName = (typeof environments)[number];

/** Every default that depends on the environment, side by side. */
export const defaults = {
  protectData: { dev: false, staging: true, prod: true },
  orchestratorReplicas: { dev: 1, staging: 2, prod: 2 },
  authentikReplicas: { dev: 1, staging: 2, prod: 2 },
  homepageReplicas: { dev: 1, staging: 2, prod: 2 },
  traefikReplicas: { dev: 1, staging: 2, prod: 2 },
  postgresqlSize: { dev: "2Gi", staging: "10Gi", prod: "20Gi" },
  postgresqlMemory: { dev: "512Mi", staging: "1Gi", prod: "2Gi" },
  postgresqlCpu: { dev: "1", staging: "2", prod: "2" },
  postgresqlConnections: { dev: 120, staging: 200, prod: 250 },
  backupSize: { dev: "2Gi", staging: "10Gi", prod: "50Gi" },
  backupStaging: { dev: "4Gi", staging: "20Gi", prod: "40Gi" },
  redisSize: { dev: "1Gi", staging: "1Gi", prod: "2Gi" },
  prometheusSize: { dev: "5Gi", staging: "10Gi", prod: "20Gi" },
  prometheusMemory: { dev: "512Mi", staging: "1Gi", prod: "2Gi" },
  prometheusRetentionDays: { dev: 7, staging: 15, prod: 30 },
  lokiSize: { dev: "5Gi", staging: "10Gi", prod: "20Gi" },
  lokiRetentionDays: { dev: 7, staging: 15, prod: 30 },
  grafanaReplicas: { dev: 1, staging: 1, prod: 2 },
  redisMemory: { dev: "128Mi", staging: "256Mi", prod: "512Mi" },
} as const;

/** How many database connections one instance of a service may hold. */
export const databaseConnections = { orchestrator: 10, authentik: 30, grafana: 5 } as const;

/** The images that run, under the names of their settings in `images.references`: the one place that names any. */
export const publishedImages = {
  postgresql: "docker.io/library/postgres:18.4",
  "postgresql-ha": "ghcr.io/cloudnative-pg/postgresql:18.4-standard-trixie",
  redis: "docker.io/library/redis:8.4.0",
  "postgres-exporter": "quay.io/prometheuscommunity/postgres-exporter:v0.18.1",
  prometheus: "docker.io/prom/prometheus:v3.15.0",
  alertmanager: "docker.io/prom/alertmanager:v0.34.2",
  "node-exporter": "docker.io/prom/node-exporter:v1.10.2",
  "blackbox-exporter": "docker.io/prom/blackbox-exporter:v0.27.0",
  "kube-state-metrics": "registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.17.0",
  "redis-exporter": "docker.io/oliver006/redis_exporter:v1.78.0",
  loki: "docker.io/grafana/loki:3.7.8",
  alloy: "docker.io/grafana/alloy:v1.11.3",
  grafana: "docker.io/grafana/grafana:13.2.0",
  restic: "docker.io/restic/restic:0.18.1",
  "restic-server": "docker.io/restic/rest-server:0.14.0",
  traefik: "docker.io/library/traefik:v3.7.12",
  authentik: "ghcr.io/goauthentik/server:2026.8.3",
  homepage: "ghcr.io/gethomepage/homepage:v1.12.3",
  orchestrator: "ghcr.io/homeslice/orchestrator:0.1.0",
  agent: "ghcr.io/homeslice/agent:0.1.0",
} as const;
export type ImageName = keyof typeof publishedImages;
