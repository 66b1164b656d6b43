import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { objectName } from "./names.ts";
import { type SecretRef, secretDirectory } from "./secrets.ts";

type Volume = kubernetes.types.input.core.v1.Volume;
type VolumeMount = kubernetes.types.input.core.v1.VolumeMount;

/** Something that appears in a container's file system, and the volume of the pod that it comes from. */
export interface Mount {
  readonly at: VolumeMount & { readonly name: string };
  /** Undefined for what a StatefulSet claims by itself. */
  readonly volume?: Volume & { readonly name: string };
}

/** The claimed volume of a StatefulSet. */
export function dataVolume(mountPath: string): Mount {
  return { at: { name: "data", mountPath } };
}

/** An empty, writable directory that lasts as long as the pod; on disk, or in memory where `medium` says so. */
export function scratch(mountPath: string, sizeLimit = "64Mi", medium?: "Memory"): Mount {
  const name = `scratch${mountPath.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}`;
  return { at: { name, mountPath }, volume: { name, emptyDir: { sizeLimit, ...(medium && { medium }) } } };
}

/** An empty volume of its own for each pod, gone with it: for what is too large for the node's disk. */
export function ephemeralVolume(name: string, mountPath: string, size: string, storageClass?: string): Mount {
  const spec = {
    accessModes: ["ReadWriteOnce"],
    ...(storageClass && { storageClassName: storageClass }),
    resources: { requests: { storage: size } },
  };
  return { at: { name, mountPath }, volume: { name, ephemeral: { volumeClaimTemplate: { spec } } } };
}

/** The claimed volume of another workload's one instance; its pod has to be on the same node, or not to run. */
export function volumeOf(workload: string, mountPath: string, access: "read" | "write"): Mount {
  const name = "volume";
  return {
    at: { name, mountPath, readOnly: access === "read" },
    volume: { name, persistentVolumeClaim: { claimName: `data-${workload}-0` } },
  };
}

/** A ConfigMap's entries as files of a directory, read-only. */
export function textFiles(name: string, configMap: pulumi.Input<string>, mountPath: string): Mount {
  return { at: { name, mountPath, readOnly: true }, volume: { name, configMap: { name: configMap } } };
}

/** A ConfigMap's entries as single files of a directory that holds others too. */
export function singleFiles(
  name: string,
  configMap: pulumi.Input<string>,
  directory: string,
  files: readonly string[],
) {
  const volume = { name, configMap: { name: configMap } };
  return files.map((file): Mount => {
    const at = { name, mountPath: `${directory}/${file}`, subPath: file, readOnly: true };
    return { at, volume };
  });
}

/** The keys of a Secret, or some of them, as files that the container's group alone may read. */
export function secretFiles(secret: SecretRef, keys = Object.keys(secret.values)): Mount {
  const items = keys.map((key) => ({ key, path: key }));
  return {
    at: { name: secret.label, mountPath: secretDirectory(secret), readOnly: true },
    volume: { name: secret.label, secret: { secretName: secret.name, defaultMode: 0o440, items } },
  };
}

/** The keys of a Secret that somebody else makes, as files; none as long as there is no such Secret. */
export function mountedSecret(secretName: string, mountPath: string): Mount {
  const name = objectName("given", secretName);
  return {
    at: { name, mountPath, readOnly: true },
    volume: { name, secret: { secretName, defaultMode: 0o440, optional: true } },
  };
}

/** A directory of the node itself. */
export function nodeDirectory(name: string, path: string, mountPath: string, access: "read" | "write"): Mount {
  const readOnly = access === "read";
  return {
    at: { name, mountPath, ...(readOnly && { readOnly, mountPropagation: "HostToContainer" }) },
    volume: { name, hostPath: { path, type: readOnly ? "Directory" : "DirectoryOrCreate" } },
  };
}
