import { dashboard, graph, logs, number } from "./panels.ts";

const hits = "sum(rate(redis_keyspace_hits_total[30m]))";

export const redisDashboard = dashboard(
  "redis",
  "Redis",
  number("Up", "short", "min(redis_up)"),
  number("Memory in use", "percentunit", "max(redis_memory_used_bytes / redis_memory_max_bytes)"),
  number("Connections", "short", "sum(redis_connected_clients)"),
  number("Keys", "short", "sum(redis_db_keys)"),
  number(
    "Reads that found something",
    "percentunit",
    `${hits} / (${hits} + sum(rate(redis_keyspace_misses_total[30m])))`,
  ),
  number("Dropped for want of memory today", "short", "sum(increase(redis_evicted_keys_total[1d]))"),
  graph("Memory", "bytes", ["redis_memory_used_bytes", "used"], ["redis_memory_max_bytes", "at most"]),
  graph("Commands", "ops", ["rate(redis_commands_processed_total[5m])", "commands"]),
  graph(
    "Network",
    "Bps",
    ["rate(redis_net_input_bytes_total[5m])", "in"],
    ["rate(redis_net_output_bytes_total[5m])", "out"],
  ),
  graph("Connections", "short", ["redis_connected_clients", "open"], ["redis_blocked_clients", "waiting"]),
  logs("Log", '{namespace=~"homeslice-.+"} | pod=~"redis-.+"'),
);
