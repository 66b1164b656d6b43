/** Measurements by series, in promtool's notation: `0x10` is a 0 and ten more of them, one a minute. */
export type Series = Readonly<Record<string, string>>;

/** When an alert has to fire, and when it must not. */
export interface AlertCase {
  /** Name of the alert, with labels where it has several forms: `ServiceAbsent{job="redis"}`. */
  readonly alert: string;
  /** Minutes after which one looks. */
  readonly at: number;
  readonly fires: Series;
  readonly silent: Series;
}

const DAY = 86_400;
const certificate = (days: number) => ({ 'probe_ssl_earliest_cert_expiry{instance="a"}': `${days * DAY}x100` });
const disk = (available: string, readonly = 0) => ({
  'node_filesystem_avail_bytes{instance="a",mountpoint="/"}': available,
  'node_filesystem_size_bytes{instance="a",mountpoint="/"}': "100x600",
  'node_filesystem_readonly{instance="a",mountpoint="/"}': `${readonly}x600`,
});
const requests = (metric: string, label: string, good: number, bad: number) => ({
  [`${metric}{service="a",${label}="200"}`]: `0+${good}x100`,
  [`${metric}{service="a",${label}="500"}`]: `0+${bad}x100`,
});
const buckets = (metric: string, fast: number, all: number) => ({
  [`${metric}_bucket{service="a",le="0.1"}`]: `0+${fast}x100`,
  [`${metric}_bucket{service="a",le="5"}`]: `0+${all}x100`,
  [`${metric}_bucket{service="a",le="+Inf"}`]: `0+${all}x100`,
});
const executions = (succeeded: number, failed: number) => ({
  'homeslice_executions_finished_total{state="succeeded"}': `0+${succeeded}x200`,
  'homeslice_executions_finished_total{state="failed"}': `0+${failed}x200`,
});
const constant = (series: string, value: number) => ({ [series]: `${value}x200` });
const rising = (series: string, step: number) => ({ [series]: `0+${step}x200` });

const cronJob = (values: Readonly<Record<string, number>>) =>
  Object.fromEntries(
    Object.entries(values).map(([fact, value]) => [`kube_cronjob_${fact}{cronjob="backup-wiki"}`, `${value}x200`]),
  );
const instances = (kind: string, working: string, wanted: string, number: number) => ({
  ...constant(`kube_${kind}_${working}{${kind}="a"}`, number),
  ...constant(`kube_${kind}_${wanted}{${kind}="a"}`, 2),
});

export const alertCases: readonly AlertCase[] = [
  { alert: "InstanceDown", at: 5, fires: constant('up{job="redis"}', 0), silent: constant('up{job="redis"}', 1) },
  { alert: "InstanceDown", at: 5, fires: constant("up", 0), silent: { up: "1 1 1 0 0 1 1" } },
  {
    alert: 'ServiceAbsent{job="redis"}',
    at: 7,
    fires: constant('up{job="postgresql"}', 1),
    silent: constant('up{job="redis"}', 0),
  },
  // F35: what measures, tells and keeps logs is itself measured.
  ...["prometheus", "alertmanager", "loki"].map((job) => ({
    alert: `ServiceAbsent{job="${job}"}`,
    at: 7,
    fires: constant('up{job="postgresql"}', 1),
    silent: constant(`up{job="${job}"}`, 0),
  })),
  { alert: "PublicAddressDown", at: 5, fires: constant("probe_success", 0), silent: constant("probe_success", 1) },
  { alert: "CertificateExpires", at: 70, fires: certificate(10), silent: certificate(20) },
  { alert: "CertificateAboutToExpire", at: 15, fires: certificate(2), silent: certificate(10) },
  { alert: "FilesystemFull", at: 12, fires: disk("8x600"), silent: disk("12x600") },
  { alert: "FilesystemFull", at: 12, fires: disk("8x600"), silent: disk("8x600", 1) },
  { alert: "FilesystemAlmostFull", at: 5, fires: disk("3x600"), silent: disk("8x600") },
  { alert: "FilesystemFillsUp", at: 300, fires: disk("39-0.05x600"), silent: disk("39-0.0001x600") },
  {
    alert: "NodeMemoryLow",
    at: 12,
    fires: { ...constant("node_memory_MemAvailable_bytes", 4), ...constant("node_memory_MemTotal_bytes", 100) },
    silent: { ...constant("node_memory_MemAvailable_bytes", 6), ...constant("node_memory_MemTotal_bytes", 100) },
  },
  ...[
    "RuleFails prometheus_rule_evaluation_failures_total",
    "AlertsDropped prometheus_notifications_dropped_total",
  ].map((words) => {
    const [alert = "", series = ""] = words.split(" ");
    return { alert, at: 15, fires: rising(series, 1), silent: constant(series, 7) };
  }),
  {
    alert: "NotificationsFail",
    at: 30,
    fires: rising('alertmanager_notifications_failed_total{integration="email"}', 1),
    silent: constant('alertmanager_notifications_failed_total{integration="email"}', 3),
  },
  { alert: "PostgresqlDown", at: 3, fires: constant("pg_up", 0), silent: constant("pg_up", 1) },
  {
    alert: "PostgresqlConnectionsShort",
    at: 7,
    fires: { ...constant('pg_stat_activity_count{state="idle"}', 90), ...constant("pg_settings_max_connections", 100) },
    silent: {
      ...constant('pg_stat_activity_count{state="idle"}', 80),
      ...constant("pg_settings_max_connections", 100),
    },
  },
  {
    alert: "PostgresqlLongTransaction",
    at: 7,
    fires: constant('pg_stat_activity_max_tx_duration{datname="a"}', 2000),
    silent: constant('pg_stat_activity_max_tx_duration{datname="a"}', 1000),
  },
  {
    alert: "PostgresqlDeadlocks",
    at: 40,
    fires: rising('pg_stat_database_deadlocks{datname="a"}', 1),
    silent: constant('pg_stat_database_deadlocks{datname="a"}', 9),
  },
  { alert: "PostgresqlDown", at: 3, fires: constant("cnpg_collector_up", 0), silent: constant("cnpg_collector_up", 1) },
  {
    alert: "PostgresqlConnectionsShort",
    at: 7,
    fires: {
      ...constant('cnpg_backends_total{instance="a"}', 90),
      ...constant('cnpg_pg_settings_setting{instance="a",name="max_connections"}', 100),
    },
    silent: {
      ...constant('cnpg_backends_total{instance="a"}', 80),
      ...constant('cnpg_backends_total{instance="b"}', 80),
      ...constant('cnpg_pg_settings_setting{instance="a",name="max_connections"}', 100),
      ...constant('cnpg_pg_settings_setting{instance="b",name="max_connections"}', 100),
    },
  },
  {
    alert: "PostgresqlLongTransaction",
    at: 7,
    fires: constant('cnpg_backends_max_tx_duration_seconds{datname="a"}', 2000),
    silent: constant('cnpg_backends_max_tx_duration_seconds{datname="a"}', 1000),
  },
  {
    alert: "PostgresqlDeadlocks",
    at: 40,
    fires: rising('cnpg_pg_stat_database_deadlocks{datname="a"}', 1),
    silent: constant('cnpg_pg_stat_database_deadlocks{datname="a"}', 9),
  },
  {
    alert: "PostgresqlStandbyBehind",
    at: 7,
    fires: constant('cnpg_pg_replication_lag{instance="b"}', 90),
    silent: constant('cnpg_pg_replication_lag{instance="b"}', 2),
  },
  ...[
    ["ErrorBudgetBurnsFast", 980, 20, 996, 4],
    ["ErrorBudgetBurnsSlowly", 996, 4, 9995, 5],
  ].map(([alert, good, bad, better, fewer]) => ({
    alert: String(alert),
    at: 90,
    fires: requests("traefik_service_requests_total", "code", Number(good), Number(bad)),
    silent: requests("traefik_service_requests_total", "code", Number(better), Number(fewer)),
  })),
  {
    alert: "AddressesBanned",
    at: 30,
    fires: { homeslice_edge_bans_total: "0x20 1x100" },
    silent: constant("homeslice_edge_bans_total", 7),
  },
  { alert: "RedisDown", at: 3, fires: constant("redis_up", 0), silent: constant("redis_up", 1) },
  {
    alert: "RedisMemoryShort",
    at: 7,
    fires: { ...constant("redis_memory_used_bytes", 95), ...constant("redis_memory_max_bytes", 100) },
    silent: { ...constant("redis_memory_used_bytes", 95), ...constant("redis_memory_max_bytes", 0) },
  },
  {
    alert: "RedisNotPersisted",
    at: 7,
    fires: constant("redis_aof_last_write_status", 0),
    silent: constant("redis_aof_last_write_status", 1),
  },
  {
    alert: "EdgeErrors",
    at: 12,
    fires: requests("traefik_service_requests_total", "code", 90, 10),
    silent: requests("traefik_service_requests_total", "code", 99, 1),
  },
  {
    alert: "EdgeSlow",
    at: 25,
    fires: buckets("traefik_service_request_duration_seconds", 50, 100),
    silent: buckets("traefik_service_request_duration_seconds", 99, 100),
  },
  {
    alert: "OrchestratorErrors",
    at: 12,
    fires: requests("homeslice_http_request_duration_seconds_count", "status", 90, 10),
    silent: requests("homeslice_http_request_duration_seconds_count", "status", 100, 1),
  },
  {
    alert: "OrchestratorSlow",
    at: 25,
    fires: buckets("homeslice_http_request_duration_seconds", 50, 100),
    silent: buckets("homeslice_http_request_duration_seconds", 99, 100),
  },
  {
    alert: "BreakersOpen",
    at: 20,
    fires: constant('homeslice_breakers{state="open"}', 2),
    silent: {
      'homeslice_breakers{state="open"}': "0x200",
      'homeslice_breakers{state="closed"}': "5x200",
    },
  },
  {
    alert: "NoAgents",
    at: 7,
    fires: constant("homeslice_agents_connected", 0),
    silent: {
      'homeslice_agents_connected{instance="a"}': "0x200",
      'homeslice_agents_connected{instance="b"}': "1x200",
    },
  },
  { alert: "ExecutionsFail", at: 90, fires: executions(1, 1), silent: executions(9, 1) },
  {
    alert: "BackupFailed",
    at: 20,
    fires: cronJob({ status_last_schedule_time: 200, status_last_successful_time: 100, status_active: 0 }),
    silent: cronJob({ status_last_schedule_time: 200, status_last_successful_time: 100, status_active: 1 }),
  },
  {
    alert: "BackupFailed",
    at: 20,
    fires: cronJob({ status_last_schedule_time: 200, status_active: 0 }),
    silent: cronJob({ status_last_schedule_time: 200, status_last_successful_time: 210, status_active: 0 }),
  },
  {
    alert: "BackupLate",
    at: 70,
    fires: cronJob({ next_schedule_time: 100 }),
    silent: cronJob({ next_schedule_time: 4000 }),
  },
  {
    alert: "InstancesMissing",
    at: 20,
    fires: instances("deployment", "status_replicas_available", "spec_replicas", 1),
    silent: instances("deployment", "status_replicas_available", "spec_replicas", 2),
  },
  {
    alert: "InstancesMissing",
    at: 20,
    fires: instances("statefulset", "status_replicas_ready", "replicas", 1),
    silent: instances("statefulset", "status_replicas_ready", "replicas", 2),
  },
  {
    alert: "ContainerRestarts",
    at: 40,
    fires: rising('kube_pod_container_status_restarts_total{pod="a"}', 1),
    silent: constant('kube_pod_container_status_restarts_total{pod="a"}', 40),
  },
  {
    alert: "AgentDisconnected",
    at: 7,
    fires: constant("homeslice_agent_connected", 0),
    silent: constant("homeslice_agent_connected", 1),
  },
  {
    alert: "AgentReconnects",
    at: 40,
    fires: rising("homeslice_agent_connections", 1),
    silent: constant("homeslice_agent_connections", 30),
  },
  {
    alert: "HostDiskFull",
    at: 12,
    fires: constant("homeslice_host_disk_usage_percent", 91),
    silent: constant("homeslice_host_disk_usage_percent", 89),
  },
];
