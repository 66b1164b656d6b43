import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Component } from "./component.ts";
import { type Labels, standardLabels } from "./labels.ts";
import type { Endpoint, Peer } from "./link.ts";
import { objectName } from "./names.ts";

/** Pods of somebody else's, in a namespace that no stack makes. */
export interface Stranger {
  readonly name: string;
  readonly namespace: { readonly name: pulumi.Input<string> };
  readonly selector: Labels;
}

/** Opens the way from one workload to a port of another, at both ends: nothing else may pass. */
export function openConnection(owner: Component, from: Peer, { peer: to, port }: Endpoint): pulumi.Resource[] {
  const ports = [{ protocol: "TCP", port }];
  return [
    policy(owner, `${from.name}-to-${to.name}`, from, {
      policyTypes: ["Egress"],
      egress: [{ to: [podsOf(to)], ports }],
    }),
    policy(owner, `${from.name}-into-${to.name}`, to, {
      policyTypes: ["Ingress"],
      ingress: [{ from: [podsOf(from)], ports }],
    }),
  ];
}

/** Opens ports of the pods of a workload to each other. */
export function openAmong(owner: Component, pods: Peer, numbers: readonly number[]): pulumi.Resource {
  const ports = numbers.map((port) => ({ protocol: "TCP", port }));
  return policy(owner, `${pods.name}-among-itself`, pods, {
    policyTypes: ["Ingress", "Egress"],
    ingress: [{ from: [podsOf(pods)], ports }],
    egress: [{ to: [podsOf(pods)], ports }],
  });
}

/** Opens ports of a workload to pods whose own namespace is somebody else's to open. */
export function openTo(owner: Component, from: Stranger, to: Peer, numbers: readonly number[]): pulumi.Resource {
  return policy(owner, `${from.name}-into-${to.name}`, to, {
    policyTypes: ["Ingress"],
    ingress: [{ from: [podsOf(from)], ports: numbers.map((port) => ({ protocol: "TCP", port })) }],
  });
}

/** Opens the way from one workload to a port of any address, for what lies outside the cluster. */
export function openOutside(owner: Component, from: Peer, port: number): pulumi.Resource {
  return policy(owner, `${from.name}-to-outside-${port}`, from, {
    policyTypes: ["Egress"],
    egress: [{ to: [...anywhere], ports: [{ protocol: "TCP", port }] }],
  });
}

/** Opens ports of a workload to whoever reaches the cluster, over TCP and UDP. */
export function openToEveryone(owner: Component, to: Peer, ports: readonly number[]): pulumi.Resource {
  const protocols = ["TCP", "UDP"];
  return policy(owner, `${to.name}-into-from-everyone`, to, {
    policyTypes: ["Ingress"],
    ingress: [
      { from: [...anywhere], ports: ports.flatMap((port) => protocols.map((protocol) => ({ protocol, port }))) },
    ],
  });
}

function policy(
  owner: Component,
  name: string,
  at: Peer,
  spec: Omit<kubernetes.types.input.networking.v1.NetworkPolicySpec, "podSelector">,
): pulumi.Resource {
  return new kubernetes.networking.v1.NetworkPolicy(
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
}

const anywhere = ["0.0.0.0/0", "::/0"].map((cidr) => ({ ipBlock: { cidr } }));

function podsOf({
  namespace,
  selector,
}: Omit<Stranger, "name">): kubernetes.types.input.networking.v1.NetworkPolicyPeer {
  return {
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace.name } },
    podSelector: { matchLabels: selector },
  };
}
