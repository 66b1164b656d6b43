import type { AlertGroup } from "./alert.ts";

export const postgresqlAlerts: AlertGroup = {
  name: "postgresql",
  alerts: [
    {
      name: "PostgresqlDown",
      expr: "pg_up == 0",
      for: "1m",
      severity: "critical",
      summary: "PostgreSQL takes no connections",
      runbook: "postgresql-down",
    },
    {
      name: "PostgresqlConnectionsShort",
      expr: "sum(pg_stat_activity_count) / max(pg_settings_max_connections) > 0.85",
      for: "5m",
      severity: "warning",
      summary: "{{ $value | humanizePercentage }} of PostgreSQL's connections are taken",
      runbook: "postgresql-connections",
    },
    {
      name: "PostgresqlLongTransaction",
      expr: "max by (datname) (pg_stat_activity_max_tx_duration) > 1800",
      for: "5m",
      severity: "warning",
      summary: "A transaction in {{ $labels.datname }} is open for {{ $value | humanizeDuration }}",
      runbook: "postgresql-transactions",
    },
    {
      name: "PostgresqlDeadlocks",
      expr: "increase(pg_stat_database_deadlocks[30m]) > 3",
      severity: "warning",
      summary: "Transactions in {{ $labels.datname }} keep blocking each other",
      runbook: "postgresql-transactions",
    },
  ],
};
