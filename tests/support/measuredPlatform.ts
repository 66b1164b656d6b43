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
  ...cronJob("backup-authentik-drill", { scheduled: before, succeeded: "2026-11-19T03:02:00.000Z" }),
  ...drillJob("backup-authentik-drill", "1", { began: "2026-11-12T03:00:00.000Z", ended: "2026-11-12T03:09:00.000Z" }),
  ...drillJob("backup-authentik-drill", "2", { began: before, ended: "2026-11-19T03:02:00.000Z" }),
  ...cronJob("backup-orchestrator-drill", { scheduled: before, succeeded: "2026-11-19T03:02:00.000Z" }),
  ...drillJob("backup-orchestrator-drill", "3", { began: night }),
  ...cronJob("backup-wiki-drill", {}),
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

/** A job of a drill; it failed when it did not end. */
function drillJob(drill: string, suffix: string, of: { began: string; ended?: string }): Measured {
  const job = `job_name="${drill}-${suffix}"`;
  return {
    [`kube_job_owner{${job},owner_kind="CronJob",owner_name="${drill}"}`]: 1,
    [`kube_job_status_start_time{${job}}`]: seconds(of.began),
    [`kube_job_failed{${job},condition="true"}`]: of.ended === undefined ? 1 : 0,
    ...(of.ended && { [`kube_job_status_completion_time{${job}}`]: seconds(of.ended) }),
  };
}

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
