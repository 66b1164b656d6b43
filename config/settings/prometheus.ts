import { z } from "zod";
import { defaults, type EnvironmentName } from "../defaults.ts";
import { size, webAddress } from "../notations.ts";
import { resources } from "./resources.ts";

export function prometheus(environment: EnvironmentName) {
  return z
    .strictObject({
      enabled: z.boolean().default(true).describe("Run Prometheus with its rules, and the exporters that it reads."),
      size: size.default(defaults.prometheusSize[environment]).describe("Size of the volume for the measurements."),
      retentionDays: z
        .int()
        .min(1)
        .max(3650)
        .default(defaults.prometheusRetentionDays[environment])
        .describe("Days that measurements are kept; the oldest go earlier when the volume is four fifths full."),
      resources: resources({
        cpu: ["100m", "1"],
        memory: ["256Mi", defaults.prometheusMemory[environment]],
      }).describe("What the server may use."),
      runbooks: webAddress
        .default("https://github.com/homeslice/homeslice/blob/main/docs/runbooks")
        .describe("Where the runbooks are that alerts link to."),
    })
    .prefault({});
}
