import { dashboard, graph, logs, number } from "./panels.ts";

/** How many instances of each workload work, and how many should. */
const deployments = { work: "kube_deployment_status_replicas_available", should: "kube_deployment_spec_replicas" };
const sets = { work: "kube_statefulset_status_replicas_ready", should: "kube_statefulset_replicas" };
const missing = [deployments, sets].map(({ work, should }) => `count(${work} < ${should})`).join(" or ");

/** Services without measurements of their own, such as the home page and those that users add, are seen here too. */
export const workloadsDashboard = dashboard(
  "workloads",
  "Workloads",
  number("Workloads with too few instances", "short", `${missing} or vector(0)`),
  number("Restarts of the last day", "short", "sum(increase(kube_pod_container_status_restarts_total[1d]))"),
  number("Pods", "short", 'sum(kube_pod_status_phase{phase="Running"})'),
  number("Pods that wait", "short", 'sum(kube_pod_status_phase{phase="Pending"})'),
  number(
    "Instances of the home page",
    "short",
    'sum(kube_deployment_status_replicas_available{deployment="homepage"})',
  ),
  number("Instances of Grafana", "short", 'sum(kube_deployment_status_replicas_available{deployment="grafana"})'),
  graph("Deployments: instances that work", "short", [deployments.work, "{{deployment}}"]),
  graph("With volumes: instances that work", "short", [sets.work, "{{statefulset}}"]),
  graph("Restarts", "short", [
    "sum by (pod, container) (increase(kube_pod_container_status_restarts_total[1h]))",
    "{{pod}} {{container}}",
  ]),
  graph("Time to answer 19 of 20 requests of Grafana", "s", [
    "histogram_quantile(0.95, sum by (le) (rate(grafana_http_request_duration_seconds_bucket[5m])))",
    "Grafana",
  ]),
  logs("The home page and Grafana", '{namespace=~"homeslice-.+"} | pod=~"(homepage|grafana)-.+"'),
);
