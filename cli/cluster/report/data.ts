/** Kinds whose deletion takes data or secrets with it that nothing can make again, and what is lost. */
const HOLDS: Readonly<Record<string, string>> = {
  StatefulSet: "the data of its volumes",
  PersistentVolumeClaim: "the data on the volume",
  PersistentVolume: "the data on the volume",
  Namespace: "everything in the namespace",
  RandomPassword: "the password, which others still use",
  RandomBytes: "the key, which others still use",
  PrivateKey: "the key, which others still use",
};

/** What is in danger when a resource of this type is deleted or replaced; undefined when nothing is. */
export function dataHeldBy(type: string): string | undefined {
  return HOLDS[type.split(":").at(-1) ?? type];
}
