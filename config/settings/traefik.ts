import { z } from "zod";
import { defaults, type EnvironmentName } from "../defaults.ts";
import { addressRange } from "../notations.ts";
import { resources } from "./resources.ts";

/** Settings of the edge: how people get in, and how fast. */
export function traefik(environment: EnvironmentName) {
  return z
    .strictObject({
      enabled: z
        .boolean()
        .default(true)
        .describe("Run the edge. Without it, nothing is reachable from outside the cluster."),
      replicas: z
        .int()
        .min(1)
        .max(20)
        .default(defaults.traefikReplicas[environment])
        .describe("Number of instances; 1 where certificates come by ACME."),
      serviceType: z
        .enum(["LoadBalancer", "NodePort", "ClusterIP"])
        .default("LoadBalancer")
        .describe("How the cluster lets people in: by its load balancer, a port of every node, or not at all."),
      trustedProxies: z
        .array(addressRange)
        .default([])
        .describe("Addresses of proxies before the edge, whose word on the client's address counts. Default: none."),
      http3: z.boolean().default(true).describe("Offer HTTP/3 beside HTTP/2, over UDP at the same port."),
      rateLimit: limit(100, 200, 10_000, "second").describe("Requests of one client address to one service."),
      loginLimit: limit(30, 10, 1000, "minute").describe("Attempts to log in by one client address."),
      ban: ban().describe("Refusal of addresses that fail too often: see network.md."),
      resources: resources({ cpu: ["100m", "1"], memory: ["96Mi", "256Mi"] }).describe("What each instance may use."),
    })
    .prefault({});
}

function limit(average: number, burst: number, most: number, period: "second" | "minute") {
  const amount = (value: number) => z.int().min(1).max(most).default(value);
  return z
    .strictObject({
      average: amount(average).describe(`How many a ${period} in the long run.`),
      burst: amount(burst).describe("How many at once beyond that."),
    })
    .prefault({});
}

function ban() {
  return z
    .strictObject({
      enabled: z.boolean().default(true).describe("Ban addresses that fail too often to log in."),
      failures: z.int().min(3).max(1000).default(20).describe("Failed attempts that ban an address."),
      withinSeconds: seconds(300).describe("Time in which so many have to happen, in seconds."),
      lastsSeconds: seconds(900).describe("Time that a ban lasts, in seconds."),
      exempt: z.array(addressRange).default([]).describe("Addresses that are never banned. Default: none."),
    })
    .prefault({});
}

function seconds(value: number) {
  return z.int().min(1).max(86_400).default(value);
}
