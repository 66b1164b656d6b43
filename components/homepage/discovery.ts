import type * as pulumi from "@pulumi/pulumi";
import { API_PORTS, allowApi, apiToken, type Component, type Mount } from "../kit/index.ts";

/** What a workload needs that looks at the cluster for itself. */
interface Discovery {
  readonly mounts: readonly Mount[];
  readonly outside: readonly number[];
  readonly after: readonly pulumi.Resource[];
}

/** Lets Homepage find what runs outside the catalogue: Ingresses with its annotations, and the pods behind them. */
export function discovery(owner: Component): Discovery {
  const look = { verbs: ["get", "list"] };
  const inCluster = [
    { ...look, apiGroups: ["networking.k8s.io"], resources: ["ingresses"] },
    { ...look, apiGroups: [""], resources: ["pods"] },
  ];
  return { mounts: [apiToken()], outside: API_PORTS, after: allowApi(owner, { inNamespace: [], inCluster }) };
}
