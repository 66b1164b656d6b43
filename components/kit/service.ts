import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Component } from "./component.ts";
import type { Labels } from "./labels.ts";
import type { Peer } from "./link.ts";

export interface ServiceArgs extends Peer {
  readonly labels: Labels;
  readonly ports: Readonly<Record<string, number>>;
  /** What has to stand before it leads anywhere. */
  readonly after: readonly pulumi.Resource[];
  /** Whether the name resolves to the pods themselves, in place of one address before them. Default false. */
  readonly headless?: boolean;
}

/** A name inside the cluster that leads to the pods of a selector, with all their ports by name. */
export function serviceFor(
  owner: Component,
  { name, namespace, labels, selector, ports, after, headless = false }: ServiceArgs,
): kubernetes.core.v1.Service {
  return new kubernetes.core.v1.Service(
    `${name}-service`,
    {
      metadata: { name, namespace: namespace.name, labels },
      spec: {
        ...(headless && { clusterIP: "None" }),
        selector,
        ports: Object.entries(ports).map(([port, number]) => ({
          name: port,
          port: number,
          targetPort: port,
          protocol: "TCP",
        })),
      },
    },
    { parent: owner, dependsOn: [...after] },
  );
}
