import { rmdir } from "node:fs/promises";
import { z } from "zod";
import type { KubeClient } from "./client.ts";

const path = "/apis/storage.k8s.io/v1/storageclasses";

/** The default StorageClass; the controller manager itself provisions its volumes (empty folders under /tmp). */
export async function ensureStorageClass(client: KubeClient): Promise<void> {
  if ((await client.find(`${path}/standard`)) !== undefined) return;
  await client.request("POST", path, {
    body: {
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: { name: "standard", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
      provisioner: "kubernetes.io/host-path",
      volumeBindingMode: "WaitForFirstConsumer",
      allowVolumeExpansion: true,
    },
  });
}

const volumes = z.object({
  items: z.array(z.object({ spec: z.object({ hostPath: z.object({ path: z.string() }).optional() }) })),
});

/** Removes the folders of provisioned volumes, which nobody would do once their API objects are wiped. */
export async function removeVolumeFolders(client: KubeClient): Promise<void> {
  const { items } = volumes.parse((await client.get("/api/v1/persistentvolumes")).body);
  const folders = items.flatMap(({ spec }) => spec.hostPath?.path ?? []);
  const provisioned = folders.filter((folder) => folder.startsWith("/tmp/hostpath_pv/"));
  await Promise.all(provisioned.map((folder) => rmdir(folder).catch(() => undefined))); // never filled: nothing runs
}
