import { isWithin } from "@homeslice/plugin/difference.ts";
import { at, type Values } from "@homeslice/plugin/values.ts";
import type { Settings } from "./settings.ts";

const podFields = [
  "affinity",
  "automountServiceAccountToken",
  "containers",
  "dnsPolicy",
  "hostNetwork",
  "hostPID",
  "initContainers",
  "nodeName",
  "nodeSelector",
  "priorityClassName",
  "restartPolicy",
  "securityContext",
  "serviceAccountName",
  "terminationGracePeriodSeconds",
  "volumes",
].map((field) => `spec.${field}`);

/** Fields that the API server never changes on an existing object, so that a change needs a new one. */
const immutableFields: Readonly<Record<string, readonly string[]>> = {
  "apps/v1:DaemonSet": ["spec.selector"],
  "apps/v1:Deployment": ["spec.selector"],
  "apps/v1:StatefulSet": [
    "spec.podManagementPolicy",
    "spec.revisionHistoryLimit",
    "spec.selector",
    "spec.serviceName",
    "spec.volumeClaimTemplates",
  ],
  "batch/v1:Job": ["spec.completions", "spec.parallelism", "spec.selector", "spec.template"],
  "rbac.authorization.k8s.io/v1:ClusterRoleBinding": ["roleRef"],
  "rbac.authorization.k8s.io/v1:RoleBinding": ["roleRef"],
  "storage.k8s.io/v1:StorageClass": ["parameters", "provisioner"],
  "v1:PersistentVolume": ["spec.csi", "spec.hostPath", "spec.local", "spec.nfs"],
  "v1:PersistentVolumeClaim": ["spec.accessModes", "spec.selector", "spec.storageClassName", "spec.volumeName"],
  "v1:Pod": podFields,
  "v1:ResourceQuota": ["spec.scopes"],
  "v1:Secret": ["type"],
  "v1:Service": ["spec.clusterIP"],
};

/** Whether a change of the property needs a new object; data of ConfigMaps and Secrets depend on the settings. */
export function needsReplacement(inputs: Values, settings: Settings): (path: string) => boolean {
  const kind = `${String(inputs["apiVersion"])}:${String(inputs["kind"])}`;
  const frozen = at(inputs, "immutable") === true;
  const fields = ["metadata.name", "metadata.namespace", ...(immutableFields[kind] ?? [])];
  if (kind === "v1:ConfigMap" && (frozen || !settings.enableConfigMapMutable)) fields.push("data", "binaryData");
  if (kind === "v1:Secret" && (frozen || !settings.enableSecretMutable)) fields.push("data", "stringData");
  return (path) => fields.some((field) => isWithin(path, field));
}
