import { setTimeout } from "node:timers/promises";
import { UserError } from "@homeslice/config";
import type { Connection } from "./connection.ts";

const POLL_INTERVAL_MS = 1_000;
const STOP_TIMEOUT_MS = 180_000;

/** A workload of a service, and how to change how many instances it has. */
interface Scalable {
  readonly name: string;
  readonly replicas: number;
  readonly selector: string;
  readonly scale: (replicas: number) => Promise<unknown>;
}

/**
 * Stops every instance of a service while something is done, and starts them again whatever comes of it.
 *
 * @throws UserError `restore.running` when instances do not end in time
 */
export async function whilePaused<Result>(
  connection: Connection,
  service: string,
  say: (line: string) => void,
  work: () => Promise<Result>,
): Promise<Result> {
  const workloads = await workloadsOf(connection, service);
  const names = workloads.map(({ name, replicas }) => `${name} (${replicas})`).join(", ");
  if (names)
    say(`stopping ${names} for the restore; should this be broken off, \`refresh\` and \`up\` start them again`);
  try {
    for (const { scale } of workloads) await scale(0);
    for (const workload of workloads) await ended(connection, workload);
    return await work();
  } finally {
    for (const { scale, replicas } of workloads) await scale(replicas);
    if (names) say(`started ${names} again`);
  }
}

async function workloadsOf({ apps, namespace }: Connection, service: string): Promise<Scalable[]> {
  const labelSelector = `app.kubernetes.io/name=${service}`;
  const deployments = await apps.listNamespacedDeployment({ namespace, labelSelector });
  const sets = await apps.listNamespacedStatefulSet({ namespace, labelSelector });
  const body = (name: string, replicas: number) => ({ metadata: { name, namespace }, spec: { replicas } });
  const named = (items: typeof deployments.items | typeof sets.items) =>
    items.map(({ metadata, spec }) => ({
      name: metadata?.name ?? "",
      replicas: spec?.replicas ?? 1,
      selector: Object.entries(spec?.selector.matchLabels ?? {})
        .map(([label, value]) => `${label}=${value}`)
        .join(","),
    }));
  return [
    ...named(deployments.items).map((one) => ({
      ...one,
      scale: (replicas: number) =>
        apps.replaceNamespacedDeploymentScale({ name: one.name, namespace, body: body(one.name, replicas) }),
    })),
    ...named(sets.items).map((one) => ({
      ...one,
      scale: (replicas: number) =>
        apps.replaceNamespacedStatefulSetScale({ name: one.name, namespace, body: body(one.name, replicas) }),
    })),
  ];
}

async function ended({ core, namespace }: Connection, { name, selector }: Scalable): Promise<void> {
  const deadline = Date.now() + STOP_TIMEOUT_MS;
  for (;;) {
    const { items } = await core.listNamespacedPod({ namespace, labelSelector: selector });
    if (items.length === 0) return;
    if (Date.now() > deadline) {
      throw new UserError({
        code: "restore.running",
        where: `workload ${name}`,
        what: `${items.length} of its pods still run after ${STOP_TIMEOUT_MS / 1000} s`,
        fix: "Look at why they do not end (kubectl describe pod), then run the restore again. Nothing was restored.",
      });
    }
    await setTimeout(POLL_INTERVAL_MS);
  }
}
