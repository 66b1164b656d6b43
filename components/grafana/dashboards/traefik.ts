import { ERROR_BUDGET, failing as failingIn } from "../../prometheus/rules/objectives.ts";
import { dashboard, graph, logs, number } from "./panels.ts";

const failing = 'sum(rate(traefik_service_requests_total{code=~"5.."}[5m]))';
const slowest = (quantile: number) =>
  `histogram_quantile(${quantile}, sum by (service, le) (rate(traefik_service_request_duration_seconds_bucket[5m])))`;

export const traefikDashboard = dashboard(
  "traefik",
  "Edge",
  number("Requests", "reqps", "sum(rate(traefik_service_requests_total[5m]))"),
  number("Failing", "percentunit", `${failing} / sum(rate(traefik_service_requests_total[5m]))`),
  number("Open connections", "short", "sum(traefik_open_connections)"),
  number("First certificate ends in", "s", "min(traefik_tls_certs_not_after) - time()"),
  number("Error budget of 7 days left", "percentunit", `1 - (${failingIn("7d")}) / ${ERROR_BUDGET} or vector(1)`),
  number("Banned addresses", "short", "sum(homeslice_edge_banned_addresses)"),
  number("Failed attempts of the last hour", "short", "sum(increase(homeslice_edge_failed_attempts_total[1h]))"),
  graph("Requests", "reqps", ["sum by (service) (rate(traefik_service_requests_total[5m]))", "{{service}}"]),
  graph("Answers", "reqps", ["sum by (code) (rate(traefik_service_requests_total[5m]))", "{{code}}"]),
  graph(
    "Errors",
    "percentunit",
    [failingIn("5m"), "5 minutes"],
    [failingIn("1h"), "an hour"],
    [failingIn("1d"), "a day"],
    [`vector(${ERROR_BUDGET})`, "allowed"],
  ),
  graph("Time to answer 19 of 20 requests", "s", [slowest(0.95), "{{service}}"]),
  graph("Time to answer half of the requests", "s", [slowest(0.5), "{{service}}"]),
  graph("Certificates end in; a renewal lifts the line", "s", ["traefik_tls_certs_not_after - time()", "{{cn}}"]),
  logs("Bans", '{namespace=~"homeslice-.+-edge", level="warn"} | json | message="address banned"'),
);
