import { bars, dashboard, graph, logs, number } from "./panels.ts";

const notified = "sum by (integration) (rate(alertmanager_notifications_total[15m]))";

export const alertingDashboard = dashboard(
  "alerting",
  "Measurements and alerts",
  number("Critical alerts", "short", 'count(ALERTS{alertstate="firing", severity="critical"}) or vector(0)'),
  number("Warnings", "short", 'count(ALERTS{alertstate="firing", severity="warning"}) or vector(0)'),
  number("Silences", "short", 'sum(alertmanager_silences{state="active"})'),
  number("Instances measured", "short", "count(up == 1)"),
  number("Series", "short", "sum(prometheus_tsdb_head_series)"),
  number("Notifications that failed today", "short", "sum(increase(alertmanager_notifications_failed_total[1d]))"),
  graph("Alerts", "short", ['count by (alertname) (ALERTS{alertstate="firing", severity!="none"})', "{{alertname}}"]),
  graph("Notifications", "ops", [notified, "{{integration}}"]),
  graph("Time that measuring takes", "s", ["max by (job) (scrape_duration_seconds)", "{{job}}"]),
  graph("Time that rules take", "s", [
    "max by (rule_group) (prometheus_rule_group_last_duration_seconds)",
    "{{rule_group}}",
  ]),
  bars("Public addresses: time to answer", "s", ["probe_duration_seconds", "{{service}}"], 5),
  graph("Volume of the measurements", "bytes", ["prometheus_tsdb_storage_blocks_bytes", "in use"]),
  logs(
    "What they complain of",
    '{namespace=~"homeslice-.+", level=~"warn|error"} | pod=~"(prometheus|alertmanager|blackbox-exporter)-.+"',
  ),
);
