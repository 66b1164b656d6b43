import type { AlertGroup } from "./alert.ts";

const backups = '{cronjob=~"backup-.+"}';
const scheduled = `kube_cronjob_status_last_schedule_time${backups}`;
const succeeded = "kube_cronjob_status_last_successful_time";

export const backupAlerts: AlertGroup = {
  name: "backup",
  alerts: [
    {
      name: "BackupFailed",
      // The newest run that was due has ended, and not well.
      expr: `((${scheduled} > ${succeeded}) or (${scheduled} unless ${succeeded})) and kube_cronjob_status_active == 0`,
      for: "15m",
      severity: "critical",
      summary: "The newest {{ $labels.cronjob }} has failed",
      runbook: "backup-failed",
    },
    {
      name: "BackupLate",
      expr: `time() - kube_cronjob_next_schedule_time${backups} > 3600`,
      for: "5m",
      severity: "critical",
      summary: "{{ $labels.cronjob }} should have begun {{ $value | humanizeDuration }} ago",
      runbook: "backup-late",
    },
  ],
};
