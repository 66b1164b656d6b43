import { setTimeout as delay } from "node:timers/promises";
import { KubeApiError, type KubeClient } from "./client.ts";

const group = "kwok.x-k8s.io";
const kind = { group, kind: "ClusterPortForward", plural: "clusterportforwards", singular: "clusterportforward" };
const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const objects = `/apis/${group}/v1alpha1/${kind.plural}`;

/** Where connections to a port of simulated pods really go. */
export interface Forward {
  readonly namespace: string;
  /** Port of the pods' containers. */
  readonly port: number;
  /** @default every pod of the namespace */
  readonly pods?: readonly string[];
  /** Address on this machine, such as `127.0.0.1:8080`. */
  readonly to: string;
}

/** Makes the API server know the kind of object by which kwok learns of forwards, before kwok looks for them. */
export async function ensureForwardKind(client: KubeClient): Promise<void> {
  const { plural, singular } = kind;
  const name = `${plural}.${group}`;
  if ((await client.find(`${definitions}/${name}`)) !== undefined) return;
  const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
  const spec = {
    group,
    scope: "Cluster",
    names: { kind: kind.kind, listKind: `${kind.kind}List`, plural, singular },
    versions: [{ name: "v1alpha1", served: true, storage: true, schema }],
  };
  const body = { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", metadata: { name }, spec };
  await client.request("POST", definitions, { body });
  while (!(await isServed(client))) await delay(20);
}

/** While the API server takes in a new kind, it answers 404, and then 429. */
async function isServed(client: KubeClient): Promise<boolean> {
  try {
    return (await client.find(objects)) !== undefined;
  } catch (error) {
    if (error instanceof KubeApiError && error.status === 429) return false;
    throw error;
  }
}

/** Leads connections that are forwarded to such pods to an address of this machine, from some milliseconds later on. */
export async function forwardPods(client: KubeClient, { namespace, port, pods, to }: Forward): Promise<void> {
  const target = new URL(`tcp://${to}`);
  const name = `${namespace}-${port}`;
  const body = {
    apiVersion: `${group}/v1alpha1`,
    kind: kind.kind,
    metadata: { name },
    spec: {
      selector: { matchNamespaces: [namespace], ...(pods && { matchNames: pods }) },
      forwards: [{ ports: [port], target: { address: target.hostname, port: Number(target.port) } }],
    },
  };
  await stopForward(client, { namespace, port });
  await client.request("POST", objects, { body });
}

/** Leads such connections nowhere again. */
export async function stopForward(client: KubeClient, { namespace, port }: Pick<Forward, "namespace" | "port">) {
  try {
    await client.request("DELETE", `${objects}/${namespace}-${port}`);
  } catch (error) {
    if (!(error instanceof KubeApiError && error.status === 404)) throw error;
  }
}
