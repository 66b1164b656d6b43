import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Workload } from "./workload.ts";

/** The one address of a workload inside the cluster, with all its ports by name. */
export function serviceFor(
  { owner, name, namespace, labels, selector }: Workload,
  controller: pulumi.Resource,
  ports: Readonly<Record<string, number>>,
): kubernetes.core.v1.Service {
  return new kubernetes.core.v1.Service(
    `${name}-service`,
    {
      metadata: { name, namespace: namespace.name, labels },
      spec: {
        selector,
        ports: Object.entries(ports).map(([port, number]) => ({
          name: port,
          port: number,
          targetPort: port,
          protocol: "TCP",
        })),
      },
    },
    { parent: owner, dependsOn: [controller] },
  );
}
