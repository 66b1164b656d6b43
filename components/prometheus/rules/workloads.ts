import type { AlertGroup } from "./alert.ts";

const deployments = "kube_deployment_status_replicas_available < kube_deployment_spec_replicas";
const statefulSets = "kube_statefulset_status_replicas_ready < kube_statefulset_replicas";

export const workloadAlerts: AlertGroup = {
  name: "workloads",
  alerts: [
    {
      name: "InstancesMissing",
      expr: `${deployments} or ${statefulSets}`,
      for: "15m",
      severity: "warning",
      summary:
        "{{ $labels.deployment }}{{ $labels.statefulset }} has {{ $value }} instances that work, fewer than it should",
      runbook: "instances-missing",
    },
    {
      name: "ContainerRestarts",
      expr: "increase(kube_pod_container_status_restarts_total[30m]) > 3",
      severity: "warning",
      summary: "The container {{ $labels.container }} of {{ $labels.pod }} restarts again and again",
      runbook: "container-restarts",
    },
  ],
};
