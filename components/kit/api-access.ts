import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Component } from "./component.ts";
import { standardLabels } from "./labels.ts";
import type { Mount } from "./mounts.ts";
import { objectName } from "./names.ts";

/** What may be done with which objects. */
type Rule = kubernetes.types.input.rbac.v1.PolicyRule;

/** The ports at which clusters serve their API. */
export const API_PORTS = [443, 6443] as const;

/** Where programs look for what lets them talk to the Kubernetes API; the node renews the token every hour. */
export function apiToken(): Mount {
  const name = "api-token";
  const sources = [
    { serviceAccountToken: { path: "token", expirationSeconds: 3600 } },
    { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
    { downwardAPI: { items: [{ path: "namespace", fieldRef: { fieldPath: "metadata.namespace" } }] } },
  ];
  return {
    at: { name, mountPath: "/var/run/secrets/kubernetes.io/serviceaccount", readOnly: true },
    volume: { name, projected: { defaultMode: 0o440, sources } },
  };
}

/** Lets the main part of a service use the Kubernetes API: in its own namespace, and in the cluster as a whole. */
export function allowApi(
  owner: Component,
  { inNamespace, inCluster }: { readonly inNamespace: readonly Rule[]; readonly inCluster: readonly Rule[] },
): pulumi.Resource[] {
  const { name, namespace } = owner;
  const labels = standardLabels(owner.identity("api-access"));
  const clusterWide = objectName(owner.environment.instance, name);
  const subjects = [{ kind: "ServiceAccount", name, namespace: namespace.name }];
  const roleRef = (kind: string, role: string) => ({ apiGroup: "rbac.authorization.k8s.io", kind, name: role });
  const local = { name, namespace: namespace.name, labels };
  const options = { parent: owner };
  const { ClusterRole, ClusterRoleBinding, Role, RoleBinding } = kubernetes.rbac.v1;
  const everywhere = inCluster.length > 0 && [
    new ClusterRole(
      `${name}-cluster-role`,
      { metadata: { name: clusterWide, labels }, rules: [...inCluster] },
      options,
    ),
    new ClusterRoleBinding(
      `${name}-cluster-role-binding`,
      { metadata: { name: clusterWide, labels }, subjects, roleRef: roleRef("ClusterRole", clusterWide) },
      options,
    ),
  ];
  const within = inNamespace.length > 0 && [
    new Role(`${name}-role`, { metadata: local, rules: [...inNamespace] }, options),
    new RoleBinding(`${name}-role-binding`, { metadata: local, subjects, roleRef: roleRef("Role", name) }, options),
  ];
  return [...(within || []), ...(everywhere || [])];
}
