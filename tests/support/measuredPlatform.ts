import type { Measured } from "./prometheus.ts";

export const GIB = 2 ** 30;
const seconds = (at: string) => Date.parse(at) / 1_000;
/** When the certificate ends. */
export const until = "2027-02-03T04:05:06.000Z";
/** When backups were due, will be due, and when the one that failed last succeeded. */
export const [night, nextNight, before] = [
  "2026-11-20T03:00:00.000Z",
  "2026-11-22T03:00:00.000Z",
  "2026-11-19T03:00:20.000Z",
];
const page = '{service="grafana",instance="https://grafana.home.example.org/"}';

/** A root that loses a GiB a day, an archive that does not, and what else a platform measures. */
export const measuredPlatform: Measured = {
  'up{job="grafana",instance="10.0.0.1:3000"}': 1,
  'up{job="grafana",instance="10.0.0.2:3000"}': 0,
  'up{job="probe",instance="https://grafana.home.example.org/"}': 1,
  [`probe_success${page}`]: 1,
  [`probe_duration_seconds${page}`]: 0.25,
  [`probe_ssl_earliest_cert_expiry${page}`]: seconds(until),
  ...cronJob("backup-authentik", { scheduled: night, succeeded: "2026-11-20T03:00:40.000Z" }),
  ...cronJob("backup-orchestrator", { scheduled: night, succeeded: before }),
  ...cronJob("backup-authentik-restore", { suspended: 1 }),
  'node_filesystem_size_bytes{instance="n1",mountpoint="/",fstype="ext4"}': 20 * GIB,
  'node_filesystem_avail_bytes{instance="n1",mountpoint="/",fstype="ext4"}': (passed) => (11 - passed / 86_400) * GIB,
  'node_filesystem_readonly{instance="n1",mountpoint="/",fstype="ext4"}': 0,
  'node_filesystem_size_bytes{instance="n1",mountpoint="/archive",fstype="ext4"}': 100 * GIB,
  'node_filesystem_avail_bytes{instance="n1",mountpoint="/archive",fstype="ext4"}': 60 * GIB,
  'node_filesystem_readonly{instance="n1",mountpoint="/archive",fstype="ext4"}': 0,
  'node_memory_MemTotal_bytes{instance="n1"}': 8 * GIB,
  'node_memory_MemAvailable_bytes{instance="n1"}': 4 * GIB,
  'ALERTS{alertname="Watchdog",alertstate="firing",severity="none"}': 1,
  'ALERTS{alertname="InstanceDown",alertstate="firing",severity="critical",instance="10.0.0.2:3000"}': 1,
};

function cronJob(name: string, of: { scheduled?: string; succeeded?: string; suspended?: number }): Measured {
  const labels = `{cronjob="${name}"}`;
  return {
    [`kube_cronjob_status_active${labels}`]: 0,
    [`kube_cronjob_spec_suspend${labels}`]: of.suspended ?? 0,
    ...(of.scheduled && { [`kube_cronjob_status_last_schedule_time${labels}`]: seconds(of.scheduled) }),
    ...(of.scheduled && { [`kube_cronjob_next_schedule_time${labels}`]: seconds(nextNight) }),
    ...(of.succeeded && { [`kube_cronjob_status_last_successful_time${labels}`]: seconds(of.succeeded) }),
  };
}
