import { dashboard, graph, logs, number } from "./panels.ts";

/** A measurement of the exporter beside a single server, or the same of each instance that CloudNativePG runs. */
const measured = (metric: string) => `(${metric} or cnpg_${metric})`;
const rate = (metric: string, window = "5m") => `(rate(${metric}[${window}]) or rate(cnpg_${metric}[${window}]))`;
const connections = "(pg_stat_activity_count or cnpg_backends_total)";
/** Every instance sees the databases of all: each counts once. */
const sizes = `max by (datname) ${measured("pg_database_size_bytes")}`;
const hits = `sum(${rate("pg_stat_database_blks_hit", "30m")})`;

export const postgresqlDashboard = dashboard(
  "postgresql",
  "PostgreSQL",
  number("Up", "short", "min(pg_up or cnpg_collector_up)"),
  number(
    "Connections in use",
    "percentunit",
    `max(sum by (instance) ${connections} / on (instance) max by (instance) (pg_settings_max_connections or cnpg_pg_settings_setting{name="max_connections"}))`,
  ),
  number("Size of all databases", "bytes", `sum(${sizes})`),
  number(
    "Longest open transaction",
    "s",
    "max(pg_stat_activity_max_tx_duration or cnpg_backends_max_tx_duration_seconds)",
  ),
  number(
    "Reads answered from memory",
    "percentunit",
    `${hits} / (${hits} + sum(${rate("pg_stat_database_blks_read", "30m")}))`,
  ),
  number(
    "Deadlocks of the last day",
    "short",
    "sum(increase(pg_stat_database_deadlocks[1d]) or increase(cnpg_pg_stat_database_deadlocks[1d]))",
  ),
  graph("Connections", "short", [`sum by (state) ${connections}`, "{{state}}"]),
  graph("Size", "bytes", [sizes, "{{datname}}"]),
  graph("Standbys: seconds behind", "s", ["cnpg_pg_replication_lag", "{{instance}}"]),
  graph(
    "Transactions",
    "ops",
    [`sum by (datname) ${rate("pg_stat_database_xact_commit")}`, "{{datname}} done"],
    [`sum by (datname) ${rate("pg_stat_database_xact_rollback")}`, "{{datname}} undone"],
  ),
  graph(
    "Rows",
    "ops",
    [`sum(${rate("pg_stat_database_tup_fetched")})`, "read"],
    [`sum(${rate("pg_stat_database_tup_inserted")})`, "inserted"],
    [`sum(${rate("pg_stat_database_tup_updated")})`, "updated"],
    [`sum(${rate("pg_stat_database_tup_deleted")})`, "deleted"],
  ),
  logs("Log", '{container=~"server|postgres", namespace=~"homeslice-.+"} |= "postgres" |~ "ERROR|FATAL|PANIC"'),
);
