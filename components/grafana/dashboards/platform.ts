import { bars, dashboard, graph, logs, number } from "./panels.ts";

export const platformDashboard = dashboard(
  "platform",
  "Platform",
  number("Instances that do not answer", "short", "count(up == 0) or vector(0)"),
  number("Public addresses down", "short", "count(probe_success == 0) or vector(0)"),
  number("Alerts that fire", "short", 'count(ALERTS{alertstate="firing", severity!="none"}) or vector(0)'),
  number("First certificate ends in", "s", "min(probe_ssl_earliest_cert_expiry - time())"),
  number("Nodes", "short", "count(node_uname_info)"),
  number(
    "Memory of the nodes in use",
    "percentunit",
    "1 - sum(node_memory_MemAvailable_bytes) / sum(node_memory_MemTotal_bytes)",
  ),
  graph("Processors in use", "percentunit", [
    '1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m]))',
    "{{instance}}",
  ]),
  graph("Memory in use", "percentunit", [
    "1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes",
    "{{instance}}",
  ]),
  bars(
    "Filesystems in use",
    "percentunit",
    [
      "max by (instance, mountpoint) (1 - node_filesystem_avail_bytes / node_filesystem_size_bytes)",
      "{{instance}} {{mountpoint}}",
    ],
    1,
  ),
  graph(
    "Network",
    "Bps",
    ['sum by (instance) (rate(node_network_receive_bytes_total{device!="lo"}[5m]))', "{{instance}} in"],
    ['sum by (instance) (rate(node_network_transmit_bytes_total{device!="lo"}[5m]))', "{{instance}} out"],
  ),
  graph("Time that public addresses take", "s", ["probe_duration_seconds", "{{service}}"]),
  graph("Measurements taken", "ops", ["sum(rate(prometheus_tsdb_head_samples_appended_total[5m]))", "samples"]),
  logs("Errors of all services", '{namespace=~".+", level=~"error|fatal"}'),
);
