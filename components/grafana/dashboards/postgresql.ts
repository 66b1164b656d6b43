import { dashboard, graph, logs, number } from "./panels.ts";

export const postgresqlDashboard = dashboard(
  "postgresql",
  "PostgreSQL",
  number("Up", "short", "min(pg_up)"),
  number("Connections in use", "percentunit", "sum(pg_stat_activity_count) / max(pg_settings_max_connections)"),
  number("Size of all databases", "bytes", "sum(pg_database_size_bytes)"),
  number("Longest open transaction", "s", "max(pg_stat_activity_max_tx_duration)"),
  number(
    "Reads answered from memory",
    "percentunit",
    "sum(rate(pg_stat_database_blks_hit[30m])) / (sum(rate(pg_stat_database_blks_hit[30m])) + sum(rate(pg_stat_database_blks_read[30m])))",
  ),
  number("Deadlocks of the last day", "short", "sum(increase(pg_stat_database_deadlocks[1d]))"),
  graph("Connections", "short", ["sum by (state) (pg_stat_activity_count)", "{{state}}"]),
  graph("Size", "bytes", ["pg_database_size_bytes", "{{datname}}"]),
  graph(
    "Transactions",
    "ops",
    ["sum by (datname) (rate(pg_stat_database_xact_commit[5m]))", "{{datname}} done"],
    ["sum by (datname) (rate(pg_stat_database_xact_rollback[5m]))", "{{datname}} undone"],
  ),
  graph(
    "Rows",
    "ops",
    ["sum(rate(pg_stat_database_tup_fetched[5m]))", "read"],
    ["sum(rate(pg_stat_database_tup_inserted[5m]))", "inserted"],
    ["sum(rate(pg_stat_database_tup_updated[5m]))", "updated"],
    ["sum(rate(pg_stat_database_tup_deleted[5m]))", "deleted"],
  ),
  graph("Redis: memory", "bytes", ["redis_memory_used_bytes", "used"], ["redis_memory_max_bytes", "at most"]),
  graph("Redis: commands", "ops", ["rate(redis_commands_processed_total[5m])", "commands"]),
  logs("Log", '{container="server", namespace=~"homeslice-.+"} |= "postgres" |~ "ERROR|FATAL|PANIC"'),
);
