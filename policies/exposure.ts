import { z } from "zod";
import type { KubernetesObject } from "./objects.ts";

const MIDDLEWARES = "traefik.ingress.kubernetes.io/router.middlewares";
const Service = z.object({ spec: z.object({ type: z.string().default("ClusterIP") }) });

/** A port of every node, which no firewall of the cluster guards. */
export function nodePorts(object: KubernetesObject): string[] {
  if (object.kind !== "Service") return [];
  return Service.parse(object).spec.type === "NodePort" ? ["is open at a port of every node"] : [];
}

/** Ways in from outside at which nobody asks who comes. */
export function unguardedRoutes({ kind, metadata }: KubernetesObject): string[] {
  if (kind !== "Ingress") return [];
  const guards = (metadata.annotations[MIDDLEWARES] ?? "").split(",");
  return guards.includes("sign-on@file") ? [] : ["lets everybody through to the service"];
}
