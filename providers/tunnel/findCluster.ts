import type { KubeConfig } from "@kubernetes/client-node";
import type { ClusterChoice } from "./target.ts";

/**
 * The cluster as kubectl would find it. The client of Kubernetes is loaded only now: whoever never gets so far does not
 * wait for it.
 *
 * @throws UserError `kubeconfig.unreadable`, `kubeconfig.none`, `kubeconfig.context`
 */
export async function findCluster(choice: ClusterChoice): Promise<KubeConfig> {
  const { clusterOf } = await import("./kubeconfig.ts");
  return clusterOf(choice);
}
