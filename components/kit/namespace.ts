import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { standardLabels } from "./labels.ts";

/** How much the pods of a namespace may ask of their node: the levels of the Pod Security Standards. */
export type PodSecurity = "restricted" | "privileged";

/** A namespace in which nothing may talk to anything unless a link opens it. */
export interface Namespace {
  readonly name: pulumi.Output<string>;
  readonly podSecurity: PodSecurity;
  /** With it goes everything that it holds. */
  readonly resource: pulumi.Resource;
  /** What has to stand before the first pod starts. */
  readonly ready: readonly pulumi.Resource[];
}

/** Makes a namespace with its Pod Security level enforced and all traffic refused but the lookup of names. */
export function createNamespace(
  options: pulumi.CustomResourceOptions,
  logicalName: string,
  args: { readonly name: string; readonly instance: string; readonly podSecurity: PodSecurity },
): Namespace {
  const labels = standardLabels({ name: logicalName, part: "namespace", instance: args.instance });
  const namespace = new kubernetes.core.v1.Namespace(
    logicalName,
    {
      metadata: {
        name: args.name,
        labels: {
          ...labels,
          "pod-security.kubernetes.io/enforce": args.podSecurity,
          "pod-security.kubernetes.io/enforce-version": "latest",
        },
      },
    },
    options,
  );
  const { name } = namespace.metadata;
  const policy = (suffix: string, spec: kubernetes.types.input.networking.v1.NetworkPolicySpec) =>
    new kubernetes.networking.v1.NetworkPolicy(
      `${logicalName}-${suffix}`,
      { metadata: { name: suffix, namespace: name, labels }, spec },
      options,
    );
  return {
    name,
    podSecurity: args.podSecurity,
    resource: namespace,
    ready: [
      namespace,
      policy("default-deny", { podSelector: {}, policyTypes: ["Ingress", "Egress"] }),
      policy("name-lookup", { podSelector: {}, policyTypes: ["Egress"], egress: [toClusterDns] }),
    ],
  };
}

const toClusterDns = {
  to: [
    {
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
      podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
    },
  ],
  ports: [
    { protocol: "UDP", port: 53 },
    { protocol: "TCP", port: 53 },
  ],
};
