import { bars, dashboard, graph, logs, number } from "./panels.ts";

const backups = '{cronjob=~"backup-.+", cronjob!~"backup-.+-drill"}';
const succeeded = `kube_cronjob_status_last_successful_time${backups}`;
const proved = 'kube_cronjob_status_last_successful_time{cronjob=~"backup-.+-drill"}';
/** Templates that wait for the command line have a schedule too, and are never due. */
const scheduled = `kube_cronjob_spec_suspend${backups} == 0`;

export const backupDashboard = dashboard(
  "backup",
  "Backups",
  number("Scheduled", "short", `count(${scheduled})`),
  number("Oldest of the newest backups", "s", `max(time() - ${succeeded})`),
  number(
    "Next one begins in",
    "s",
    `min(kube_cronjob_next_schedule_time${backups} and on (cronjob) ${scheduled}) - time()`,
  ),
  number("Under way", "short", `sum(kube_cronjob_status_active${backups})`),
  number("Jobs that failed", "short", 'count(kube_job_status_failed{job_name=~"backup-.+"} > 0) or vector(0)'),
  number("Snapshots stored today", "short", 'sum(increase(rest_server_blob_write_total{type="snapshots"}[1d]))'),
  bars("Time since the last success", "s", [`time() - ${succeeded}`, "{{cronjob}}"], 2 * 24 * 3600),
  bars("Time since the last drill that succeeded", "s", [`time() - ${proved}`, "{{cronjob}}"], 31 * 24 * 3600),
  graph("Stored", "Bps", ["sum by (user) (rate(rest_server_blob_write_bytes_total[15m]))", "{{user}}"]),
  graph("Read back and restored", "Bps", ["sum by (user) (rate(rest_server_blob_read_bytes_total[15m]))", "{{user}}"]),
  graph("Dropped by retention", "ops", ["sum by (type) (rate(rest_server_blob_delete_total[15m]))", "{{type}}"]),
  logs("What backups and restores say", '{namespace=~"homeslice-.+"} | pod=~"backup-.+"'),
);
