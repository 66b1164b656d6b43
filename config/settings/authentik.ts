import { z } from "zod";
import { defaults, type EnvironmentName } from "../defaults.ts";
import { addressRange, webAddress } from "../notations.ts";
import { resources } from "./resources.ts";
import { secretText } from "./secret.ts";

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
          "Where the edge's pods have their addresses: what they say of host and client counts, for the orchestrator too. Replaces the default, the private ranges.",
        ),
      signOn: z
        .boolean()
        .default(true)
        .describe(
          "Keep groups, applications and logins in it as the services declare them. Off, they go, and the groups stay.",
        ),
      passwordLength: z.int().min(8).max(128).default(12).describe("Characters that a new password has at least."),
      failedLogins: z
        .int()
        .min(0)
        .max(5)
        .default(5)
        .describe(
          "Failed logins, beyond those that succeeded, from which on an address or a name is refused until the next day; 0 for never.",
        ),
      api: z
        .strictObject({
          address: webAddress
            .optional()
            .describe("Address at which `up` reaches it. Default: none, by the API of the cluster."),
          token: secretText
            .optional()
            .describe("Token of an administrator. Default: the one that comes with the first start."),
        })
        .prefault({})
        .describe("How `up` talks to it."),
      resources: resources({ cpu: ["250m", "2"], memory: ["512Mi", "1Gi"] }).describe(
        "What each server, and each worker, may use.",
      ),
    })
    .prefault({});
}
