import type { Alert, AlertGroup } from "./alert.ts";

const DAY = 86_400;
const freeOf = (fraction: number) =>
  `node_filesystem_avail_bytes / node_filesystem_size_bytes < ${fraction} and node_filesystem_readonly == 0`;
const certificateLasts = (days: number) => `probe_ssl_earliest_cert_expiry - time() < ${days * DAY}`;

/**
 * What holds for every service, and for the nodes below them.
 * @param jobs names of everything that Prometheus scrapes: what is absent has no measurement that could show it
 */
export function platformAlerts(jobs: readonly string[]): AlertGroup {
  return { name: "platform", alerts: [watchdog, ...reachable, absent(jobs), ...nodes, ...alerting] };
}

const watchdog: Alert = {
  name: "Watchdog",
  expr: "vector(1)",
  severity: "none",
  summary: "Alerting works. This alert always fires: its absence is the alarm.",
  runbook: "watchdog",
};

const reachable: readonly Alert[] = [
  {
    name: "InstanceDown",
    expr: "up == 0",
    for: "3m",
    severity: "critical",
    summary: "{{ $labels.instance }} of {{ $labels.job }} does not answer",
    runbook: "instance-down",
  },
  {
    name: "PublicAddressDown",
    expr: "probe_success == 0",
    for: "3m",
    severity: "critical",
    summary: "{{ $labels.instance }} does not answer as it should",
    runbook: "public-address-down",
  },
  {
    name: "CertificateExpires",
    expr: certificateLasts(14),
    for: "1h",
    severity: "warning",
    summary: "The certificate of {{ $labels.instance }} ends in {{ $value | humanizeDuration }}",
    runbook: "certificate-expires",
  },
  {
    name: "CertificateAboutToExpire",
    expr: certificateLasts(3),
    for: "10m",
    severity: "critical",
    summary: "The certificate of {{ $labels.instance }} ends in {{ $value | humanizeDuration }}",
    runbook: "certificate-expires",
  },
];

function absent(jobs: readonly string[]): Alert {
  return {
    name: "ServiceAbsent",
    expr: jobs.map((job) => `absent(up{job="${job}"})`).join(" or "),
    for: "5m",
    severity: "critical",
    summary: "No instance of {{ $labels.job }} is there",
    runbook: "service-absent",
  };
}

const nodes: readonly Alert[] = [
  {
    name: "FilesystemFull",
    expr: freeOf(0.1),
    for: "10m",
    severity: "warning",
    summary: "{{ $labels.mountpoint }} of {{ $labels.instance }} has {{ $value | humanizePercentage }} left",
    runbook: "filesystem-full",
  },
  {
    name: "FilesystemAlmostFull",
    expr: freeOf(0.04),
    for: "2m",
    severity: "critical",
    summary: "{{ $labels.mountpoint }} of {{ $labels.instance }} has {{ $value | humanizePercentage }} left",
    runbook: "filesystem-full",
  },
  {
    name: "FilesystemFillsUp",
    expr: `${freeOf(0.4)} and predict_linear(node_filesystem_avail_bytes[6h], ${DAY}) < 0`,
    for: "1h",
    severity: "warning",
    summary: "{{ $labels.mountpoint }} of {{ $labels.instance }} will be full within a day",
    runbook: "filesystem-full",
  },
  {
    name: "NodeMemoryLow",
    expr: "node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes < 0.05",
    for: "10m",
    severity: "warning",
    summary: "The node {{ $labels.instance }} has {{ $value | humanizePercentage }} of its memory left",
    runbook: "node-memory-low",
  },
];

/** What has grown within ten minutes. */
const grows = (counter: string) => `increase(${counter}[10m]) > 0`;

const alerting: readonly Alert[] = [
  {
    name: "RuleFails",
    expr: `${grows("prometheus_rule_evaluation_failures_total")} or ${grows("loki_prometheus_rule_evaluation_failures_total")}`,
    severity: "warning",
    summary: "{{ $labels.job }} cannot evaluate rules of {{ $labels.rule_group }}",
    runbook: "alerting-broken",
  },
  {
    name: "AlertsDropped",
    expr: `${grows("prometheus_notifications_dropped_total")} or ${grows("loki_prometheus_notifications_dropped_total")}`,
    severity: "critical",
    summary: "{{ $labels.job }} cannot hand its alerts to Alertmanager",
    runbook: "alerting-broken",
  },
  {
    name: "NotificationsFail",
    expr: "increase(alertmanager_notifications_failed_total[15m]) > 0",
    for: "5m",
    severity: "critical",
    summary: "Alertmanager cannot reach anybody by {{ $labels.integration }}",
    runbook: "alerting-broken",
  },
];
