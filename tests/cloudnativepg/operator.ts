import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { eventually } from "../support/eventually.ts";
import { KubeApiError, type KubeClient } from "../testbed/client.ts";
import { go } from "../testbed/go.ts";

const MODULE = "github.com/cloudnative-pg/cloudnative-pg";
const GROUP = "postgresql.cnpg.io";
const Downloaded = z.object({ Dir: z.string() });
const Definition = z.looseObject({ metadata: z.looseObject({ name: z.string() }) });
const List = z.object({ items: z.array(z.object({ metadata: z.object({ name: z.string() }) })) });

/** Makes a cluster know the kind of CloudNativePG, as the operator's own module defines it. */
export async function installOperatorKinds(kube: KubeClient): Promise<void> {
  const options = { cwd: import.meta.dirname, signal: AbortSignal.timeout(300_000) };
  const lines = await go(["mod", "download", "-json", MODULE], options);
  const { Dir } = Downloaded.parse(JSON.parse(lines.join("\n")));
  const text = await readFile(join(Dir, `config/crd/bases/${GROUP}_clusters.yaml`), "utf8");
  const definition = Definition.parse(parse(text));
  const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${definition.metadata.name}`;
  const contentType = "application/apply-patch+yaml";
  await kube.request("PATCH", `${path}?fieldManager=operator`, { body: definition, contentType });
  await eventually(() => isServed(kube), "the kind is served");
}

/** While the API server takes in a new kind, it answers 404, and then 429. */
async function isServed(kube: KubeClient): Promise<boolean> {
  try {
    return (await kube.find(`/apis/${GROUP}/v1/clusters`)) !== undefined;
  } catch (error) {
    if (error instanceof KubeApiError && error.status === 429) return false;
    throw error;
  }
}

/**
 * Does for one Cluster what the operator does, as far as others see it: says that its instances are ready.
 * @returns names of the Jobs that were there before that, in order
 */
export async function bringUpInstances(kube: KubeClient, namespace: string, name: string): Promise<string[]> {
  const path = `/apis/${GROUP}/v1/namespaces/${namespace}/clusters/${name}`;
  await eventually(async () => (await kube.find(path)) !== undefined, `the Cluster ${name} is there`, 240_000);
  const jobs = List.parse((await kube.get(`/apis/batch/v1/namespaces/${namespace}/jobs`)).body);
  const condition = {
    type: "Ready",
    status: "True",
    reason: "ClusterIsReady",
    message: "Cluster is Ready",
    lastTransitionTime: "2026-01-01T00:00:00Z",
  };
  const body = { status: { conditions: [condition] } };
  await kube.request("PATCH", `${path}/status`, { body, contentType: "application/merge-patch+json" });
  return jobs.items.map(({ metadata }) => metadata.name).sort();
}
