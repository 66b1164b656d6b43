/** The environments that the program knows; a stack with one of these names needs no `environment` setting. */
export const environments = ["dev", "staging", "prod"] as const;
export type EnvironmentName = (typeof environments)[number];

/** Every default that depends on the environment, side by side. */
export const defaults = {
  protectData: { dev: false, staging: true, prod: true },
  orchestratorReplicas: { dev: 1, staging: 2, prod: 2 },
  postgresqlSize: { dev: "2Gi", staging: "10Gi", prod: "20Gi" },
  postgresqlMemory: { dev: "512Mi", staging: "1Gi", prod: "2Gi" },
  postgresqlCpu: { dev: "1", staging: "2", prod: "2" },
  redisSize: { dev: "1Gi", staging: "1Gi", prod: "2Gi" },
  redisMemory: { dev: "128Mi", staging: "256Mi", prod: "512Mi" },
} as const;

/** How many database connections each orchestrator may hold. */
export const connectionsPerOrchestrator = 10;

/** The images that run, under the names of their settings in `images.references`: the one place that names any. */
export const publishedImages = {
  postgresql: "docker.io/library/postgres:18.4",
  redis: "docker.io/library/redis:8.4.0",
  "postgres-exporter": "quay.io/prometheuscommunity/postgres-exporter:v0.18.1",
  orchestrator: "ghcr.io/homeslice/orchestrator:0.1.0",
  agent: "ghcr.io/homeslice/agent:0.1.0",
} as const;
export type ImageName = keyof typeof publishedImages;
