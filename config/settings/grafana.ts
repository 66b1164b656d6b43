import { z } from "zod";
import { defaults, type EnvironmentName } from "../defaults.ts";
import { resources } from "./resources.ts";

export function grafana(environment: EnvironmentName) {
  return z
    .strictObject({
      enabled: z.boolean().default(true).describe("Run Grafana with its dashboards."),
      replicas: z
        .int()
        .min(1)
        .max(10)
        .default(defaults.grafanaReplicas[environment])
        .describe("Number of instances; they share a database."),
      resources: resources({ cpu: ["100m", "1"], memory: ["192Mi", "512Mi"] }).describe("What each instance may use."),
    })
    .prefault({});
}
