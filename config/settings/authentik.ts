import { z } from "zod";
import { defaults, type EnvironmentName } from "../defaults.ts";
import { addressRange } from "../notations.ts";
import { resources } from "./resources.ts";

/** The private ranges, in which the pods of nearly every cluster have their addresses, and the machine itself. */
export const privateRanges = [
  "127.0.0.0/8",
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "fe80::/10",
  "::1/128",
] as const;

export function authentik(environment: EnvironmentName) {
  return z
    .strictObject({
      enabled: z
        .boolean()
        .default(true)
        .describe("Run it. Off, its database and its keys stay; services behind its login are not reachable."),
      replicas: z
        .int()
        .min(1)
        .max(10)
        .default(defaults.authentikReplicas[environment])
        .describe("Number of servers, and of workers beside them."),
      trustedProxies: z
        .array(addressRange)
        .default([...privateRanges])
        .describe(
          "Where the edge's pods have their addresses: what they say of host and client counts. Replaces the default, the private ranges.",
        ),
      resources: resources({ cpu: ["250m", "2"], memory: ["512Mi", "1Gi"] }).describe(
        "What each server, and each worker, may use.",
      ),
    })
    .prefault({});
}
