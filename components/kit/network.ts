import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Component } from "./component.ts";
import { standardLabels } from "./labels.ts";
import type { Endpoint, Peer } from "./link.ts";
import { objectName } from "./names.ts";

/** Opens the way from one workload to a port of another, at both ends: nothing else may pass. */
export function openConnection(owner: Component, from: Peer, { peer: to, port }: Endpoint): pulumi.Resource[] {
  const ports = [{ protocol: "TCP", port }];
  const policy = (
    name: string,
    at: Peer,
    spec: Omit<kubernetes.types.input.networking.v1.NetworkPolicySpec, "podSelector">,
  ) =>
    new kubernetes.networking.v1.NetworkPolicy(
      name,
      {
        metadata: {
          name: objectName(name),
          namespace: at.namespace.name,
          labels: standardLabels(owner.identity("network")),
        },
        spec: { podSelector: { matchLabels: at.selector }, ...spec },
      },
      { parent: owner },
    );
  return [
    policy(`${from.name}-to-${to.name}`, from, { policyTypes: ["Egress"], egress: [{ to: [podsOf(to)], ports }] }),
    policy(`${from.name}-into-${to.name}`, to, {
      policyTypes: ["Ingress"],
      ingress: [{ from: [podsOf(from)], ports }],
    }),
  ];
}

/** Opens the way from one workload to a port of any address, for what lies outside the cluster. */
export function openOutside(owner: Component, from: Peer, port: number): pulumi.Resource {
  const name = `${from.name}-to-outside-${port}`;
  return new kubernetes.networking.v1.NetworkPolicy(
    name,
    {
      metadata: {
        name: objectName(name),
        namespace: from.namespace.name,
        labels: standardLabels(owner.identity("network")),
      },
      spec: {
        podSelector: { matchLabels: from.selector },
        policyTypes: ["Egress"],
        egress: [{ to: [...anywhere], ports: [{ protocol: "TCP", port }] }],
      },
    },
    { parent: owner },
  );
}

/** Opens ports of a workload to whoever reaches the cluster, over TCP and UDP. */
export function openToEveryone(owner: Component, to: Peer, ports: readonly number[]): pulumi.Resource {
  const name = `${to.name}-into-from-everyone`;
  const protocols = ["TCP", "UDP"];
  return new kubernetes.networking.v1.NetworkPolicy(
    name,
    {
      metadata: {
        name: objectName(name),
        namespace: to.namespace.name,
        labels: standardLabels(owner.identity("network")),
      },
      spec: {
        podSelector: { matchLabels: to.selector },
        policyTypes: ["Ingress"],
        ingress: [
          { from: [...anywhere], ports: ports.flatMap((port) => protocols.map((protocol) => ({ protocol, port }))) },
        ],
      },
    },
    { parent: owner },
  );
}

const anywhere = ["0.0.0.0/0", "::/0"].map((cidr) => ({ ipBlock: { cidr } }));

function podsOf({ namespace, selector }: Peer): kubernetes.types.input.networking.v1.NetworkPolicyPeer {
  return {
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace.name } },
    podSelector: { matchLabels: selector },
  };
}
