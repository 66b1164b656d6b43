import type { Config } from "@homeslice/config";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

/** A cluster, in the words of Kubernetes' own tools; what is missing is as kubectl finds it. */
export interface ClusterConnection {
  /** Text or path of a kubeconfig. */
  readonly kubeconfig?: pulumi.Input<string>;
  readonly context?: string;
}

/** How the cluster is reached: one made here by k3d, or the one that the configuration or kubectl's own names. */
export function connectionTo(cluster: Config["cluster"], parent: pulumi.Resource): ClusterConnection {
  if (cluster.k3d) return { kubeconfig: k3dCluster(cluster.k3d, parent) };
  return {
    ...(cluster.kubeconfig && { kubeconfig: cluster.kubeconfig }),
    ...(cluster.context && { context: cluster.context }),
  };
}

/** A local cluster in Docker that lives and goes with the stack; resolves to its kubeconfig. */
function k3dCluster(name: string, parent: pulumi.Resource): pulumi.Output<string> {
  const cluster = new command.local.Command(
    "environment-k3d",
    {
      create: `k3d cluster create ${name} --wait --kubeconfig-update-default=false >&2 && k3d kubeconfig get ${name}`,
      delete: `k3d cluster delete ${name}`,
    },
    { parent, additionalSecretOutputs: ["stdout"] },
  );
  return pulumi.secret(cluster.stdout);
}

/** Puts an image built on this machine into the k3d cluster, which cannot see the machine's own images. */
export function importIntoK3d(
  name: string,
  image: pulumi.Output<string>,
  clusterName: string,
  options: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const imported = new command.local.Command(
    name,
    { create: pulumi.interpolate`k3d image import ${image} --cluster ${clusterName}`, triggers: [image] },
    options,
  );
  return pulumi.all([image, imported.stdout]).apply(([reference]) => reference);
}
