import { dashboard, graph, logs, number } from "./panels.ts";

const requests = "authentik_main_request_duration_seconds";
const slowest = (quantile: number) => `histogram_quantile(${quantile}, sum by (le) (rate(${requests}_bucket[5m])))`;
const outpost = "authentik_outpost_proxy_request_duration_seconds";

export const authentikDashboard = dashboard(
  "authentik",
  "Logins",
  number("Instances that answer", "short", 'count(up{job="authentik"} == 1)'),
  number("Requests", "reqps", `sum(rate(${requests}_count[5m]))`),
  number("19 of 20 requests within", "s", slowest(0.95)),
  number("Checks of the edge", "reqps", `sum(rate(${outpost}_count[5m]))`),
  number("Accounts", "short", 'max(authentik_models{app="authentik_core", model_name="user"})'),
  number("Sessions", "short", 'max(authentik_models{app="authentik_core", model_name="authenticatedsession"})'),
  graph("Requests", "reqps", [`sum by (dest) (rate(${requests}_count[5m]))`, "{{dest}}"]),
  graph("Time to answer", "s", [slowest(0.95), "19 of 20"], [slowest(0.5), "half"]),
  graph("Answers", "reqps", ["sum by (status) (rate(django_http_responses_total_by_status_total[5m]))", "{{status}}"]),
  graph("Memory", "bytes", ['process_resident_memory_bytes{job="authentik"}', "{{instance}}"]),
  logs(
    "Logins, and those that failed",
    '{namespace=~"homeslice-.+", container=~"server|worker"} |= "action" | json | action=~"login|login_failed|logout|password_set|impersonation_started|suspicious_request"',
  ),
);
