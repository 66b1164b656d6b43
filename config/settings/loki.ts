import { z } from "zod";
import { defaults, type EnvironmentName } from "../defaults.ts";
import { size } from "../notations.ts";
import { resources } from "./resources.ts";

export function loki(environment: EnvironmentName) {
  return z
    .strictObject({
      enabled: z.boolean().default(true).describe("Run Loki, and on every node the collector that fills it."),
      size: size.default(defaults.lokiSize[environment]).describe("Size of the volume for the logs."),
      retentionDays: z
        .int()
        .min(1)
        .max(3650)
        .default(defaults.lokiRetentionDays[environment])
        .describe("Days that logs are kept."),
      resources: resources({ cpu: ["100m", "1"], memory: ["192Mi", "1Gi"] }).describe("What the server may use."),
      collector: resources({ cpu: ["20m", "500m"], memory: ["96Mi", "256Mi"] }).describe(
        "What the collector may use on each node.",
      ),
    })
    .prefault({});
}
