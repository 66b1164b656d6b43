import { z } from "zod";
import type { KubeClient } from "./client.ts";

const nodeList = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      status: z.object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]) }),
    }),
  ),
});

/** Makes the cluster have exactly `count` simulated nodes, named `node-1`…; kwok brings them to life. */
export async function ensureNodes(client: KubeClient, count: number): Promise<void> {
  const wanted = Array.from({ length: count }, (_, index) => `node-${index + 1}`);
  const present = (await listNodes(client)).map((node) => node.metadata.name);
  for (const name of wanted.filter((name) => !present.includes(name))) {
    await client.request("POST", "/api/v1/nodes", { body: nodeNamed(name) });
  }
  for (const name of present.filter((name) => !wanted.includes(name))) {
    await client.request("DELETE", `/api/v1/nodes/${name}`);
  }
}

/** How many nodes report Ready. */
export async function readyNodes(client: KubeClient): Promise<number> {
  const isReady = ({ type, status }: { type: string; status: string }) => type === "Ready" && status === "True";
  return (await listNodes(client)).filter((node) => node.status.conditions.some(isReady)).length;
}

async function listNodes(client: KubeClient) {
  return nodeList.parse((await client.get("/api/v1/nodes")).body).items;
}

/** A node of a small home server: requests that would not fit there do not fit here either. */
function nodeNamed(name: string) {
  const resources = { cpu: "8", memory: "32Gi", "ephemeral-storage": "200Gi", pods: "110" };
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      labels: { "kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64" },
    },
    status: { capacity: resources, allocatable: resources },
  };
}
