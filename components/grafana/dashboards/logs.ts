import { dashboard, graph, logs, number } from "./panels.ts";

const answers = (quantile: number) =>
  `histogram_quantile(${quantile}, sum by (le) (rate(loki_request_duration_seconds_bucket{route=~"loki_api_v1_query.*"}[5m])))`;

export const logsDashboard = dashboard(
  "logs",
  "Logs",
  number("Lines", "ops", "sum(rate(loki_distributor_lines_received_total[5m]))"),
  number("Bytes", "Bps", "sum(rate(loki_distributor_bytes_received_total[5m]))"),
  number("Streams", "short", "sum(loki_ingester_memory_streams)"),
  number("Collectors", "short", 'count(up{job="collector"} == 1)'),
  number("Lines refused today", "short", "sum(increase(loki_discarded_samples_total[1d])) or vector(0)"),
  number(
    "Lines that collectors lost today",
    "short",
    "sum(increase(loki_write_dropped_entries_total[1d])) or vector(0)",
  ),
  graph("Lines", "ops", ["sum(rate(loki_distributor_lines_received_total[5m]))", "taken"]),
  graph("Time that a query takes", "s", [answers(0.95), "19 of 20"], [answers(0.5), "half"]),
  graph("Files that are read", "short", ["sum by (instance) (loki_source_file_files_active_total)", "{{instance}}"]),
  graph("Memory", "bytes", ['process_resident_memory_bytes{job=~"loki|collector"}', "{{job}} {{instance}}"]),
  logs("Failed logins", '{namespace=~"homeslice-.+"} |~ "login_failed|password authentication failed"'),
  logs("Errors of all services", '{namespace=~"homeslice-.+", level=~"error|fatal|critical"}'),
);
