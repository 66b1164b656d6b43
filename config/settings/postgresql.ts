import { z } from "zod";
import { defaults, type EnvironmentName } from "../defaults.ts";
import { objectName, parameterName, size } from "../notations.ts";
import { resources } from "./resources.ts";

/** Settings of the store for everything that must last. */
export function postgresql(environment: EnvironmentName) {
  return z
    .strictObject({
      size: size.default(defaults.postgresqlSize[environment]).describe("Size of the data volume of each instance."),
      resources: resources({
        cpu: ["250m", defaults.postgresqlCpu[environment]],
        memory: ["256Mi", defaults.postgresqlMemory[environment]],
      }).describe("What the server may use; its caches are sized from the memory limit."),
      maxConnections: z
        .int()
        .min(30)
        .max(1000)
        .default(defaults.postgresqlConnections[environment])
        .describe("Most clients connected at once."),
      settings: z
        .record(parameterName, z.union([z.string(), z.number(), z.boolean()]))
        .default({})
        .describe("Further server settings by their names in postgresql.conf; they win over the tuned ones."),
      exporter: z
        .boolean()
        .default(true)
        .describe(
          "Run a Prometheus exporter beside the server. Of no effect with highAvailability, which has its own.",
        ),
      highAvailability: z
        .boolean()
        .default(false)
        .describe(
          "Run a primary and standbys by the operator CloudNativePG, which has to be in the cluster already. An existing stack moves by backup and restore: docs/postgresql.md.",
        ),
      instances: z
        .int()
        .min(3)
        .max(9)
        .optional()
        .describe("With highAvailability: the primary and its standbys, each on a node of its own. Default: 3."),
      synchronous: z
        .strictObject({
          method: z
            .enum(["any", "first"])
            .default("any")
            .describe("Which standbys count: any, or the first ones in the operator's order."),
          number: z
            .int()
            .min(1)
            .max(7)
            .default(1)
            .describe("How many standbys have stored a transaction before it is acknowledged."),
        })
        .optional()
        .describe("With highAvailability: when a write counts as done. Default: any one standby has stored it."),
      operatorNamespace: objectName
        .default("cnpg-system")
        .describe("With highAvailability: the namespace that CloudNativePG is installed in."),
    })
    .prefault({});
}
