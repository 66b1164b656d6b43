import type { AlertGroup } from "./alert.ts";

export const orchestratorAlerts: AlertGroup = {
  name: "orchestrator",
  alerts: [
    {
      name: "OrchestratorErrors",
      expr: 'sum(rate(homeslice_http_request_duration_seconds_count{status=~"5.."}[5m])) / sum(rate(homeslice_http_request_duration_seconds_count[5m])) > 0.02',
      for: "5m",
      severity: "critical",
      summary: "{{ $value | humanizePercentage }} of the requests to the orchestrator fail",
      runbook: "orchestrator-errors",
    },
    {
      name: "OrchestratorSlow",
      expr: "histogram_quantile(0.95, sum by (le) (rate(homeslice_http_request_duration_seconds_bucket[10m]))) > 0.2",
      for: "10m",
      severity: "warning",
      summary: "Every twentieth request to the orchestrator takes longer than {{ $value | humanizeDuration }}",
      runbook: "orchestrator-errors",
    },
    {
      name: "NoAgents",
      expr: "sum(homeslice_agents_connected) == 0",
      for: "5m",
      severity: "critical",
      summary: "No agent is connected: nothing can run",
      runbook: "agent-disconnected",
    },
    {
      name: "ExecutionsFail",
      expr: 'sum(increase(homeslice_executions_finished_total{state=~"failed|timed_out|lost"}[1h])) / sum(increase(homeslice_executions_finished_total[1h])) > 0.25',
      for: "15m",
      severity: "warning",
      summary: "{{ $value | humanizePercentage }} of the executions of the last hour did not succeed",
      runbook: "executions-fail",
    },
    {
      name: "BreakersOpen",
      expr: 'max(homeslice_breakers{state="open"}) > 0',
      for: "15m",
      severity: "warning",
      summary: "Nothing new starts on {{ $value }} servers, because their circuit breakers are open",
      runbook: "breakers-open",
    },
  ],
};
