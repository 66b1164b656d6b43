import { setTimeout } from "node:timers/promises";
import { UserError } from "@homeslice/config";
import type { V1Pod } from "@kubernetes/client-node";
import type { Connection } from "./connection.ts";

const POLL_INTERVAL_MS = 1_000;

/** What a job has come to. */
export interface Finished {
  /** What its containers printed, in their order. */
  readonly log: string;
}

/**
 * Waits for a job to end and tells what each of its steps printed, as soon as the step has ended.
 *
 * @throws UserError `backup.failed` with the output of the step that failed
 */
export async function follow(connection: Connection, job: string, say: (line: string) => void): Promise<Finished> {
  const { batch, core, namespace } = connection;
  const printed = new Map<string, string>();
  for (;;) {
    const { status } = await batch.readNamespacedJobStatus({ name: job, namespace });
    const { items } = await core.listNamespacedPod({ namespace, labelSelector: `batch.kubernetes.io/job-name=${job}` });
    for (const pod of items) await tellEnded(connection, pod, printed, say);
    if ((status?.succeeded ?? 0) > 0) return { log: [...printed.values()].join("\n") };
    const failure = status?.conditions?.find((condition) => condition.type === "Failed" && condition.status === "True");
    if (failure) throw failed(job, failure.message ?? failure.reason ?? "it failed", [...printed.values()].at(-1));
    await setTimeout(POLL_INTERVAL_MS);
  }
}

/** Prints the output of every step that has ended since the last time. */
async function tellEnded(
  connection: Connection,
  pod: V1Pod,
  printed: Map<string, string>,
  say: (line: string) => void,
): Promise<void> {
  const name = pod.metadata?.name ?? "";
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  const ended = statuses.filter((status) => status.state?.terminated && !printed.has(`${name}/${status.name}`));
  for (const { name: container, state } of ended) {
    const log = await logOf(connection, name, container);
    printed.set(`${name}/${container}`, log);
    const code = state?.terminated?.exitCode ?? 0;
    say(`  ${code === 0 ? "done" : `failed with exit code ${code}`}: ${container}`);
    for (const line of log.split("\n").filter(Boolean)) say(`      ${line}`);
  }
}

/** What a container printed; why that cannot be had, where it cannot: the job counts, not its output. */
async function logOf({ core, namespace }: Connection, name: string, container: string): Promise<string> {
  try {
    return await core.readNamespacedPodLog({ name, namespace, container });
  } catch (error) {
    return `(its output cannot be read: ${error instanceof Error ? error.message.split("\n")[0] : error})`;
  }
}

function failed(job: string, reason: string, log = ""): UserError {
  return new UserError({
    code: "backup.failed",
    where: `job ${job}`,
    what: [reason, ...log.split("\n").filter(Boolean).slice(-10)].join("\n  "),
    fix: "Correct the cause and run the same command again. What was there before is still there.",
  });
}
