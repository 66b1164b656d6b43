import type * as pulumi from "@pulumi/pulumi";
import type { Namespace } from "./namespace.ts";

/** A Kubernetes Secret with the keys it has. Its values reach a container as files wherever the program can read them. */
export interface SecretRef<Key extends string = string> {
  /** What it is called among the secrets of the platform, and in the file system of whoever mounts it. */
  readonly label: string;
  /** Its name in Kubernetes. */
  readonly name: pulumi.Output<string>;
  readonly namespace: Namespace;
  /** Secret outputs, for the copy that a workload of another namespace needs. */
  readonly values: Readonly<Record<Key, pulumi.Output<string>>>;
}

/** The directory in which a container finds the keys of a secret as files. */
export function secretDirectory({ label }: Pick<SecretRef, "label">): string {
  return `/run/secrets/${label}`;
}

/** The file in which a container finds one key of a secret. */
export function secretFile<Key extends string>(secret: SecretRef<Key>, key: NoInfer<Key>): string {
  return `${secretDirectory(secret)}/${key}`;
}
