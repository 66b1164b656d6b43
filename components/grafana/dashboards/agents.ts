import { bars, dashboard, graph, number } from "./panels.ts";

export const agentsDashboard = dashboard(
  "agents",
  "Agents",
  number("Agents of the cluster", "short", "count(homeslice_agent_connected)"),
  number("Not connected", "short", "count(homeslice_agent_connected == 0) or vector(0)"),
  number("Running", "short", "sum(homeslice_agent_attempts_running)"),
  number("Accepted and waiting", "short", "sum(homeslice_agent_attempts_accepted)"),
  number("Ended, not yet settled", "short", "sum(homeslice_agent_attempts_finished)"),
  number("Connections of the last hour", "short", "sum(changes(homeslice_agent_connections[1h]))"),
  graph("Attempts", "ops", ["sum by (outcome) (rate(homeslice_agent_attempts_finished_total[5m]))", "{{outcome}}"]),
  graph("Load", "short", ["homeslice_host_load1", "{{instance}}"]),
  bars("Disk in use", "percent", ["homeslice_host_disk_usage_percent", "{{instance}}"], 100),
  bars("Memory in use", "percent", ["homeslice_host_memory_usage_percent", "{{instance}}"], 100),
  graph("Hosts up since", "s", ["homeslice_host_uptime_seconds", "{{instance}}"]),
  graph("Memory of the agents", "bytes", ['process_resident_memory_bytes{job="agent"}', "{{instance}}"]),
);
