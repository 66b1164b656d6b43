import type { AlertGroup } from "./alert.ts";

export const agentAlerts: AlertGroup = {
  name: "agents",
  alerts: [
    {
      name: "AgentDisconnected",
      expr: "homeslice_agent_connected == 0",
      for: "5m",
      severity: "warning",
      summary: "The agent {{ $labels.instance }} is not connected to the orchestrator",
      runbook: "agent-disconnected",
    },
    {
      name: "AgentReconnects",
      expr: "changes(homeslice_agent_connections[30m]) > 5",
      severity: "warning",
      summary: "The agent {{ $labels.instance }} keeps losing its connection",
      runbook: "agent-disconnected",
    },
    {
      name: "HostDiskFull",
      expr: "homeslice_host_disk_usage_percent > 90",
      for: "10m",
      severity: "warning",
      summary: "The host of the agent {{ $labels.instance }} has used {{ $value }} % of its disk",
      runbook: "filesystem-full",
    },
  ],
};
