import type { core } from "@pulumi/kubernetes/types/input.js";

// Small Kubernetes objects for the end-to-end suites; the container satisfies Pod Security `restricted`.

const restricted = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  runAsNonRoot: true,
  seccompProfile: { type: "RuntimeDefault" },
};

export function withOneContainer(securityContext: core.v1.SecurityContext = restricted) {
  return { containers: [{ name: "main", image: "registry.invalid/app:1", securityContext }] };
}

export function namespace(name: string, labels: Readonly<Record<string, string>> = {}) {
  return { apiVersion: "v1" as const, kind: "Namespace" as const, metadata: { name, labels } };
}

export function pod(name: string, spec: object = withOneContainer()) {
  return { apiVersion: "v1" as const, kind: "Pod" as const, metadata: { name }, spec };
}

export function deployment(name: string, replicas = 2) {
  const labels = { app: name };
  return {
    apiVersion: "apps/v1" as const,
    kind: "Deployment" as const,
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: withOneContainer() },
    },
  };
}

export function statefulSet(name: string) {
  const { spec } = deployment(name, 1);
  const claim = {
    metadata: { name: "data" },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
  };
  return {
    apiVersion: "apps/v1" as const,
    kind: "StatefulSet" as const,
    metadata: { name },
    spec: { ...spec, serviceName: name, volumeClaimTemplates: [claim] },
  };
}

export function job(name: string) {
  return {
    apiVersion: "batch/v1" as const,
    kind: "Job" as const,
    metadata: { name },
    spec: { template: { spec: { restartPolicy: "Never", ...withOneContainer() } } },
  };
}
