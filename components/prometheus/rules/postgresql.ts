import type { AlertGroup } from "./alert.ts";

/** The exporter beside a single server and the instances of CloudNativePG (`cnpg_…`) measure the same under names of their own. */
export const postgresqlAlerts: AlertGroup = {
  name: "postgresql",
  alerts: [
    {
      name: "PostgresqlDown",
      expr: "pg_up == 0 or cnpg_collector_up == 0",
      for: "1m",
      severity: "critical",
      summary: "PostgreSQL takes no connections",
      runbook: "postgresql-down",
    },
    {
      name: "PostgresqlConnectionsShort",
      expr:
        "sum(pg_stat_activity_count) / max(pg_settings_max_connections) > 0.85" +
        ' or sum by (instance) (cnpg_backends_total) / on (instance) max by (instance) (cnpg_pg_settings_setting{name="max_connections"}) > 0.85',
      for: "5m",
      severity: "warning",
      summary: "{{ $value | humanizePercentage }} of PostgreSQL's connections are taken",
      runbook: "postgresql-connections",
    },
    {
      name: "PostgresqlLongTransaction",
      expr: "max by (datname) (pg_stat_activity_max_tx_duration or cnpg_backends_max_tx_duration_seconds) > 1800",
      for: "5m",
      severity: "warning",
      summary: "A transaction in {{ $labels.datname }} is open for {{ $value | humanizeDuration }}",
      runbook: "postgresql-transactions",
    },
    {
      name: "PostgresqlDeadlocks",
      expr: "increase(pg_stat_database_deadlocks[30m]) > 3 or increase(cnpg_pg_stat_database_deadlocks[30m]) > 3",
      severity: "warning",
      summary: "Transactions in {{ $labels.datname }} keep blocking each other",
      runbook: "postgresql-transactions",
    },
    {
      name: "PostgresqlStandbyBehind",
      expr: "max by (instance) (cnpg_pg_replication_lag) > 60",
      for: "5m",
      severity: "warning",
      summary: "A standby of PostgreSQL is {{ $value | humanizeDuration }} behind",
      runbook: "postgresql-standby",
    },
  ],
};
