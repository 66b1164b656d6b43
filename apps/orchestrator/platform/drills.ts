import type { MeasuredDrill } from "@homeslice/protocol";
import { type Answers, by, momentOf } from "./answers.ts";
import type { Sample } from "./prometheus.ts";

/** Says of each drill how its newest run ended, whether its schedule or a person started it. */
export function drills(answers: Answers): MeasuredDrill[] {
  const of = (name: "drillScheduled" | "drillSucceeded" | "drillNext") => by(answers(name), "cronjob");
  const [scheduled, succeeded, next] = [of("drillScheduled"), of("drillSucceeded"), of("drillNext")];
  const [ended, failed] = [newestOf(answers("drillJobsSucceeded")), newestOf(answers("drillJobsFailed"))];
  const took = by(answers("drillJobsTook"), "job_name");
  return answers("drillActive").map(({ labels, value: active }) => {
    const name = labels["cronjob"] ?? "";
    const [success, failure] = [succeeded(labels), failed.get(name)?.value];
    const job = ended.get(name);
    return {
      name,
      state: active > 0 ? "running" : stateOf(success, Math.max(failure ?? 0, scheduled(labels) ?? 0)),
      last_success: momentOf(success),
      last_failure: momentOf(failure),
      seconds: (job && took(job.labels)) ?? null,
      next: momentOf(next(labels)),
    };
  });
}

/** @param begun when the newest began that need not have succeeded, 0 for none */
function stateOf(success: number | undefined, begun: number): MeasuredDrill["state"] {
  if (begun > (success ?? 0)) return "failed";
  return success === undefined ? "never" : "ok";
}

/** The newest job of each drill, by the times that are their values. */
function newestOf(jobs: readonly Sample[]): ReadonlyMap<string, Sample> {
  const byAge = jobs.toSorted((a, b) => a.value - b.value);
  return new Map(byAge.map((job) => [job.labels["owner_name"] ?? "", job]));
}
