import { UserError } from "@homeslice/config";
import type { V1Container, V1CronJob, V1Job, V1OwnerReference } from "@kubernetes/client-node";
import { type Connection, isAbsent } from "./connection.ts";

/** Name of the platform's component, which the templates of its jobs are labelled with. */
const COMPONENT = "backup";
const LABELS = `app.kubernetes.io/name=${COMPONENT}`;

/** The services that are backed up: those with a template for a restore. */
export async function servicesOf({ batch, namespace }: Connection): Promise<string[]> {
  const { items } = await batch.listNamespacedCronJob({ namespace, labelSelector: LABELS });
  const names = items.flatMap(({ metadata }) => /^backup-(.+)-restore$/.exec(metadata?.name ?? "")?.[1] ?? []);
  return names.toSorted();
}

/**
 * Starts a job from a template that the platform has left in the cluster, with some variables of its containers changed.
 *
 * @returns the name of the job
 * @throws UserError `backup.unknown`, `backup.busy`
 */
export async function start(
  connection: Connection,
  part: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { batch, namespace } = connection;
  const template = await requireStartable(connection, part);
  const body = jobFrom(template, variables);
  const { metadata } = await batch.createNamespacedJob({ namespace, body });
  return metadata?.name ?? "";
}

/**
 * The template of a job that may be started.
 *
 * @throws UserError `backup.unknown`, `backup.busy`
 */
export async function requireStartable(connection: Connection, part: string): Promise<V1CronJob> {
  const template = await templateOf(connection, part);
  await refuseTwo(connection, part);
  return template;
}

async function templateOf(connection: Connection, part: string): Promise<V1CronJob> {
  const { batch, namespace, stack } = connection;
  try {
    return await batch.readNamespacedCronJob({ namespace, name: `${COMPONENT}-${part}` });
  } catch (error) {
    if (!isAbsent(error)) throw error;
    const services = await servicesOf(connection);
    const known = services.length > 0 ? `backed up are ${services.join(", ")}` : "nothing is backed up there";
    throw new UserError(
      {
        code: "backup.unknown",
        where: `stack ${stack}`,
        what: `there is no ${COMPONENT}-${part} in namespace ${namespace}: ${known}`,
        fix: "Name one of them, or switch homeslice:backup.enabled on and run `up`. Nothing was changed.",
      },
      { cause: error },
    );
  }
}

/** Backup, drill and restore of one service keep out of each other's way. */
async function refuseTwo({ batch, namespace }: Connection, part: string): Promise<void> {
  const service = part.replace(/-(restore|drill)$/, "");
  const parts = `app.kubernetes.io/component in (${service},${service}-drill,${service}-restore)`;
  const { items } = await batch.listNamespacedJob({ namespace, labelSelector: `${LABELS},${parts}` });
  const busy = items.find(({ status }) => (status?.active ?? 0) > 0)?.metadata?.name;
  if (busy === undefined) return;
  throw new UserError({
    code: "backup.busy",
    where: `job ${busy}`,
    what: `a backup, drill or restore of ${service} is under way`,
    fix: "Wait for it to end. Nothing was changed.",
  });
}

/** A job with the pods of the template, which counts its end like that of those that its schedule starts. */
export function jobFrom({ metadata, spec }: V1CronJob, variables: Readonly<Record<string, string>>): V1Job {
  const job = spec?.jobTemplate.spec;
  const pod = job?.template.spec;
  if (!job || !pod) throw new Error(`CronJob ${metadata?.name} has no pods`);
  const changed = (container: V1Container): V1Container => ({
    ...container,
    ...(container.env && {
      env: container.env.map((entry) => ({ ...entry, ...(variables[entry.name] && { value: variables[entry.name] }) })),
    }),
  });
  const containers = pod.containers.map(changed);
  const initContainers = pod.initContainers?.map(changed);
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: {
      generateName: `${metadata?.name}-`,
      labels: { ...spec.jobTemplate.metadata?.labels },
      annotations: { "cronjob.kubernetes.io/instantiate": "manual" },
      ...(metadata?.name && metadata.uid && { ownerReferences: [ownedBy(metadata.name, metadata.uid)] }),
    },
    spec: {
      ...job,
      template: {
        ...job.template,
        spec: { ...pod, containers, ...(initContainers && { initContainers }) },
      },
    },
  };
}

function ownedBy(name: string, uid: string): V1OwnerReference {
  return { apiVersion: "batch/v1", kind: "CronJob", name, uid, controller: true };
}
