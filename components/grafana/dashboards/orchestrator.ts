import { dashboard, graph, logs, number } from "./panels.ts";

const slowest = (quantile: number) =>
  `histogram_quantile(${quantile}, sum by (le) (rate(homeslice_http_request_duration_seconds_bucket[5m])))`;

const within = (histogram: string) => `histogram_quantile(0.95, sum by (le) (rate(${histogram}_bucket[5m])))`;

export const orchestratorDashboard = dashboard(
  "orchestrator",
  "Orchestrator",
  number("Agents connected", "short", "sum(homeslice_agents_connected)"),
  number("WebSocket clients", "short", "sum(homeslice_live_clients)"),
  number("Executions of the last day", "short", "sum(increase(homeslice_executions_finished_total[1d]))"),
  number(
    "Succeeded in the last day",
    "percentunit",
    'sum(increase(homeslice_executions_finished_total{state="succeeded"}[1d])) / sum(increase(homeslice_executions_finished_total[1d]))',
  ),
  number("Results that came too late", "short", "sum(increase(homeslice_results_superseded_total[1d]))"),
  number("19 of 20 requests within", "s", slowest(0.95)),
  graph("Requests", "reqps", [
    "sum by (status) (rate(homeslice_http_request_duration_seconds_count[5m]))",
    "{{status}}",
  ]),
  graph("Time to answer", "s", [slowest(0.95), "19 of 20"], [slowest(0.5), "half"]),
  graph(
    "Executions",
    "ops",
    ["sum(rate(homeslice_executions_dispatched_total[5m]))", "dispatched"],
    ["sum by (state) (rate(homeslice_executions_finished_total[5m]))", "{{state}}"],
  ),
  graph(
    "Stages of an execution, 19 of 20 within",
    "s",
    [within("homeslice_execution_queue_seconds"), "queue"],
    [within("homeslice_lock_wait_seconds"), "lock of the server"],
    [within("homeslice_execution_dispatch_seconds"), "dispatch"],
    [within("homeslice_execution_run_seconds"), "run"],
    [within("homeslice_log_lag_seconds"), "output until stored"],
  ),
  graph("Work", "short", ["max by (state) (homeslice_work)", "{{state}}"]),
  graph("Oldest work in the queue", "s", ["max(homeslice_queue_oldest_seconds)", "waits since"]),
  graph("Circuit breakers", "short", ['max by (state) (homeslice_breakers{state!="closed"})', "{{state}}"]),
  graph("Locks", "short", ["max by (type) (homeslice_locks_active)", "{{type}}"]),
  graph("Requests refused by limits", "reqps", [
    "sum by (limit) (rate(homeslice_requests_limited_total[5m]))",
    "{{limit}}",
  ]),
  graph("Lines of output", "ops", ["sum(rate(homeslice_log_lines_total[5m]))", "lines"]),
  graph("Memory", "bytes", ['process_resident_memory_bytes{job="orchestrator"}', "{{instance}}"]),
  graph("Delay of the event loop", "s", ['nodejs_eventloop_lag_p99_seconds{job="orchestrator"}', "{{instance}}"]),
  logs("Warnings and errors", '{namespace=~"homeslice-.+", level=~"warn|error|fatal"}'),
);
