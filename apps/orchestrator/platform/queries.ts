const DAY = 86_400;

const backups = '{cronjob=~"backup-.+", cronjob!~"backup-.+-drill"}';
const drills = '{cronjob=~"backup-.+-drill"}';
/** Of each job of a drill, with the drill that it is of. */
const ofDrillJobs = (expression: string) =>
  `max by (job_name, owner_name) ((${expression}) * on (job_name) group_left (owner_name) kube_job_owner{owner_kind="CronJob", owner_name=~"backup-.+-drill"})`;
/** Templates that never run by themselves are no backups. */
const scheduled = (metric: string) => `${metric}${backups} unless on (cronjob) kube_cronjob_spec_suspend == 1`;

/** Of one file system that is mounted several times on a node, each; what cannot be written cannot be filled. */
const ofFilesystems = (expression: string) =>
  `max by (instance, mountpoint) (${expression} and node_filesystem_readonly == 0)`;
const ofMemory = (expression: string) => `max by (instance) (${expression})`;

/** What will be free by the line through the last day; of what has been measured for six hours or more. */
const freeIn = (metric: string, days: number) => `predict_linear(${metric}[1d], ${days * DAY}) and ${metric} offset 6h`;

const DISK = 'node_filesystem_avail_bytes{fstype!~"tmpfs|ramfs|squashfs|overlay"}';
const MEMORY = "node_memory_MemAvailable_bytes";

/** All that is ever asked of Prometheus about the platform: nobody brings an expression of their own. */
export const queries = {
  instancesUp: 'sum by (job) (up{job!="probe"})',
  instances: 'count by (job) (up{job!="probe"})',
  probed: "max by (service, instance) (probe_success)",
  probeSeconds: "max by (service, instance) (probe_duration_seconds)",
  certificates: "min by (service, instance) (probe_ssl_earliest_cert_expiry)",
  backupScheduled: scheduled("kube_cronjob_status_last_schedule_time"),
  backupSucceeded: scheduled("kube_cronjob_status_last_successful_time"),
  backupNext: scheduled("kube_cronjob_next_schedule_time"),
  backupActive: scheduled("kube_cronjob_status_active"),
  drillScheduled: `kube_cronjob_status_last_schedule_time${drills}`,
  drillSucceeded: `kube_cronjob_status_last_successful_time${drills}`,
  drillNext: `kube_cronjob_next_schedule_time${drills}`,
  drillActive: `kube_cronjob_status_active${drills}`,
  drillJobsSucceeded: ofDrillJobs("kube_job_status_completion_time"),
  drillJobsTook: ofDrillJobs("kube_job_status_completion_time - kube_job_status_start_time"),
  drillJobsFailed: ofDrillJobs('kube_job_status_start_time and on (job_name) kube_job_failed{condition="true"} == 1'),
  diskSize: ofFilesystems("node_filesystem_size_bytes"),
  diskFree: ofFilesystems(DISK),
  diskInWeek: ofFilesystems(freeIn(DISK, 7)),
  diskInMonth: ofFilesystems(freeIn(DISK, 30)),
  memorySize: ofMemory("node_memory_MemTotal_bytes"),
  memoryFree: ofMemory(MEMORY),
  memoryInWeek: ofMemory(freeIn(MEMORY, 7)),
  memoryInMonth: ofMemory(freeIn(MEMORY, 30)),
  alerts: 'ALERTS{alertstate="firing", alertname!="Watchdog"}',
} as const;

export type QueryName = keyof typeof queries;

/** What is measured of a server, by the metrics of its agent. */
const ofServers = {
  load: "homeslice_host_load1",
  cpu_usage_percent: "homeslice_host_cpu_usage_percent",
  memory_usage_percent: "homeslice_host_memory_usage_percent",
  disk_usage_percent: "homeslice_host_disk_usage_percent",
} as const;

/** All that is ever asked about one server, whose agent may have been several instances by and by. @param serverId a UUID */
export function serverQueries(serverId: string): Readonly<Record<keyof typeof ofServers, string>> {
  const of = (metric: string) => `max(${metric} * on (job, instance) homeslice_agent_info{server_id="${serverId}"})`;
  return {
    load: of(ofServers.load),
    cpu_usage_percent: of(ofServers.cpu_usage_percent),
    memory_usage_percent: of(ofServers.memory_usage_percent),
    disk_usage_percent: of(ofServers.disk_usage_percent),
  };
}
