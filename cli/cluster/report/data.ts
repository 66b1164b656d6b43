import { z } from "zod";

/** Kinds whose deletion takes data or secrets with it that nothing can make again, and what is lost. */
const HOLDS: Readonly<Record<string, string>> = {
  StatefulSet: "the data of its volumes",
  Cluster: "the databases of all its instances",
  PersistentVolumeClaim: "the data on the volume",
  PersistentVolume: "the data on the volume",
  Namespace: "everything in the namespace",
  RandomPassword: "the password, which others still use",
  RandomBytes: "the key, which others still use",
  PrivateKey: "the key, which others still use",
};

const size = z.object({ resources: z.object({ requests: z.object({ storage: z.string() }) }) });
const claimsSchema = z.object({
  spec: z.object({
    volumeClaimTemplates: z.array(z.object({ metadata: z.object({ name: z.string() }), spec: size })).default([]),
  }),
});

/**
 * What is lost when a resource of this type is deleted or replaced; undefined when nothing is. The inputs that it has
 * been made with tell more of a StatefulSet: which volumes, or none.
 */
export function dataHeldBy(type: string, inputs?: unknown): string | undefined {
  const kind = type.split(":").at(-1) ?? type;
  const held = HOLDS[kind];
  const set = kind === "StatefulSet" ? claimsSchema.safeParse(inputs) : undefined;
  if (!set?.success) return held;
  const claims = set.data.spec.volumeClaimTemplates;
  const named = claims.map(({ metadata, spec }) => `${metadata.name}, ${spec.resources.requests.storage}`);
  return claims.length > 0 ? `${held} (${named.join("; ")})` : undefined;
}
