import type { CustomResourceOptions } from "@pulumi/pulumi";

/** The kinds whose loss cannot be made good by another `up`: data, what contains data, and what unlocks it. */
const irreplaceable: ReadonlySet<string> = new Set([
  "kubernetes:core/v1:Namespace",
  "kubernetes:core/v1:PersistentVolumeClaim",
  "kubernetes:core/v1:Secret",
  "kubernetes:apps/v1:StatefulSet",
  "kubernetes:postgresql.cnpg.io/v1:Cluster",
  "random:index/randomPassword:RandomPassword",
  "tls:index/privateKey:PrivateKey",
]);

export interface Safety {
  /** Whether data is guarded in this stack: `safety.protectData`. */
  readonly protectData: boolean;
}

/** The one policy on data: what resources of a kind are guarded with, depending on the stack. */
export function safetyOf(kind: string, safety: Safety): Pick<CustomResourceOptions, "protect" | "retainOnDelete"> {
  const guarded = safety.protectData && irreplaceable.has(kind);
  return guarded ? { protect: true, retainOnDelete: true } : {};
}
