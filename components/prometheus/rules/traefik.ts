import type { AlertGroup } from "./alert.ts";

export const traefikAlerts: AlertGroup = {
  name: "traefik",
  alerts: [
    {
      name: "EdgeErrors",
      expr: 'sum by (service) (rate(traefik_service_requests_total{code=~"5.."}[5m])) / sum by (service) (rate(traefik_service_requests_total[5m])) > 0.05',
      for: "5m",
      severity: "critical",
      summary: "{{ $value | humanizePercentage }} of the requests to {{ $labels.service }} fail",
      runbook: "edge-errors",
    },
    {
      name: "EdgeSlow",
      expr: "histogram_quantile(0.95, sum by (service, le) (rate(traefik_service_request_duration_seconds_bucket[10m]))) > 2",
      for: "10m",
      severity: "warning",
      summary: "Every twentieth request to {{ $labels.service }} takes longer than {{ $value | humanizeDuration }}",
      runbook: "edge-slow",
    },
    {
      name: "AddressesBanned",
      expr: "sum(increase(homeslice_edge_bans_total[1h])) > 0",
      severity: "warning",
      summary: "Somebody has failed to log in so often that the edge has banned the address",
      runbook: "addresses-banned",
    },
  ],
};
