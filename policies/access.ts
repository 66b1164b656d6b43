import { z } from "zod";
import type { KubernetesObject } from "./objects.ts";

const Rules = z.object({
  rules: z.array(
    z.looseObject({
      apiGroups: z.array(z.string()).default([]),
      resources: z.array(z.string()).default([]),
      verbs: z.array(z.string()),
    }),
  ),
});
const Binding = z.object({
  metadata: z.looseObject({ namespace: z.string().optional() }),
  roleRef: z.object({ kind: z.string(), name: z.string() }),
  subjects: z.array(z.object({ kind: z.string(), name: z.string() })),
});

const isRole = ({ kind }: KubernetesObject) => kind === "Role" || kind === "ClusterRole";
const isBinding = ({ kind }: KubernetesObject) => kind === "RoleBinding" || kind === "ClusterRoleBinding";

/** Rights to everything of a sort, whatever may come to be of it. */
export function wildcards(object: KubernetesObject): string[] {
  if (!isRole(object)) return [];
  const { rules } = Rules.parse(object);
  const wide = rules.filter(({ apiGroups, resources, verbs }) => [...apiGroups, ...resources, ...verbs].includes("*"));
  return wide.map(({ resources, verbs }) => `may ${verbs.join(", ")} ${resources.join(", ")}`);
}

/** Rights that no object here describes: cluster-admin above all. */
export function foreignRoles(object: KubernetesObject, all: readonly KubernetesObject[]): string[] {
  if (!isBinding(object)) return [];
  const { roleRef } = Binding.parse(object);
  const own = all.some(({ kind, metadata }) => kind === roleRef.kind && metadata.name === roleRef.name);
  return own ? [] : [`binds ${roleRef.kind} ${roleRef.name}, which is not its own`];
}

/** Rights to read or change Secrets, of the accounts that have them. */
export function secretReaders(object: KubernetesObject, all: readonly KubernetesObject[]): string[] {
  if (!isBinding(object)) return [];
  const { roleRef, subjects } = Binding.parse(object);
  const role = all.find(
    ({ kind, metadata }) =>
      kind === roleRef.kind &&
      metadata.name === roleRef.name &&
      (kind === "ClusterRole" || metadata.namespace === object.metadata.namespace),
  );
  const { rules } = Rules.parse(role ?? { rules: [] });
  const reads = rules.some(({ resources }) => resources.some((resource) => resource === "secrets" || resource === "*"));
  return reads ? subjects.map(({ kind, name }) => `lets ${kind} ${name} at Secrets`) : [];
}
