import type {
  Capacity,
  FiringAlert,
  MeasuredBackup,
  MeasuredService,
  PlatformHealth,
  ProbedAddress,
} from "@homeslice/protocol";
import { type Answers, by, type Lookup, momentOf } from "./answers.ts";
import { drills } from "./drills.ts";
import type { Sample } from "./prometheus.ts";
import type { QueryName } from "./queries.ts";

type Health = Omit<PlatformHealth, "prometheus">;

/** Says of the platform what the answers of Prometheus mean. */
export function healthOf(answers: Answers): Health {
  const capacity = [...filesystems(answers), ...memory(answers)];
  return {
    services: services(answers),
    addresses: addresses(answers),
    backups: backups(answers),
    drills: drills(answers).sort((a, b) => compare(a.name, b.name)),
    capacity: capacity.sort((a, b) => shareLeft(a) - shareLeft(b)),
    alerts: answers("alerts")
      .map(alert)
      .sort((a, b) => compare(a.severity, b.severity) || compare(a.name, b.name)),
  };
}

/** What is said while there is nobody to ask. */
export const nothing: Health = { services: [], addresses: [], backups: [], drills: [], capacity: [], alerts: [] };

function services(answers: Answers): MeasuredService[] {
  const up = by(answers("instancesUp"), "job");
  return answers("instances")
    .map(({ labels, value }) => ({ name: labels["job"] ?? "", up: up(labels) ?? 0, total: value }))
    .sort((a, b) => compare(a.name, b.name));
}

function addresses(answers: Answers): ProbedAddress[] {
  const of = (name: QueryName) => by(answers(name), "service", "instance");
  const [seconds, until] = [of("probeSeconds"), of("certificates")];
  return answers("probed")
    .map(({ labels, value }) => ({
      service: labels["service"] ?? "",
      address: labels["instance"] ?? "",
      ok: value === 1,
      seconds: seconds(labels) ?? null,
      certificate_until: momentOf(until(labels)),
    }))
    .sort((a, b) => compare(a.service, b.service));
}

function backups(answers: Answers): MeasuredBackup[] {
  const of = (name: QueryName) => by(answers(name), "cronjob");
  const [scheduled, succeeded, next] = [of("backupScheduled"), of("backupSucceeded"), of("backupNext")];
  return answers("backupActive")
    .map(({ labels, value }) => ({
      name: labels["cronjob"] ?? "",
      state: backupState({ active: value, scheduled: scheduled(labels), succeeded: succeeded(labels) }),
      last_success: momentOf(succeeded(labels)),
      last_scheduled: momentOf(scheduled(labels)),
      next: momentOf(next(labels)),
    }))
    .sort((a, b) => compare(a.name, b.name));
}

function backupState(of: { active: number; scheduled?: number | undefined; succeeded?: number | undefined }) {
  if (of.active > 0) return "running" as const;
  if (of.scheduled === undefined) return "waiting" as const;
  return of.succeeded !== undefined && of.succeeded >= of.scheduled ? ("ok" as const) : ("failed" as const);
}

function filesystems(answers: Answers): Capacity[] {
  const of = (name: QueryName) => by(answers(name), "instance", "mountpoint");
  const known = { size: of("diskSize"), week: of("diskInWeek"), month: of("diskInMonth") };
  return roomOf("filesystem", answers("diskFree"), known);
}

function memory(answers: Answers): Capacity[] {
  const of = (name: QueryName) => by(answers(name), "instance");
  const known = { size: of("memorySize"), week: of("memoryInWeek"), month: of("memoryInMonth") };
  return roomOf("memory", answers("memoryFree"), known);
}

function roomOf(
  kind: Capacity["kind"],
  free: readonly Sample[],
  { size, week, month }: { readonly size: Lookup; readonly week: Lookup; readonly month: Lookup },
): Capacity[] {
  return free.map(({ labels, value }) => {
    const whole = size(labels) ?? value;
    // A line knows no end: there is never less than nothing free, nor more than all.
    const within = (bytes: number | undefined) => (bytes === undefined ? null : Math.min(Math.max(bytes, 0), whole));
    return {
      kind,
      instance: labels["instance"] ?? "",
      name: labels["mountpoint"] ?? "",
      size_bytes: whole,
      free_bytes: value,
      free_in_week_bytes: within(week(labels)),
      free_in_month_bytes: within(month(labels)),
    };
  });
}

function shareLeft({ size_bytes, free_bytes, free_in_month_bytes }: Capacity): number {
  return (free_in_month_bytes ?? free_bytes) / size_bytes;
}

function alert({ labels }: Sample): FiringAlert {
  const { alertname = "", severity = "" } = labels;
  const subject = labels["instance"] ?? labels["cronjob"] ?? labels["service"] ?? labels["job"] ?? "";
  return { name: alertname, severity, subject };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
