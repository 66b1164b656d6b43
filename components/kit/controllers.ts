import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Component } from "./component.ts";
import { MAIN_PART } from "./labels.ts";
import type { Peer } from "./link.ts";
import { contentName } from "./names.ts";
import type { Container, Server } from "./pod.ts";
import { serviceFor } from "./service.ts";
import { type Transform, transformed } from "./transform.ts";
import { prepareWorkload, type Workload, type WorkloadArgs } from "./workload.ts";

/** Running pods that others can be linked to. */
export interface Running extends Peer {
  /** Host name that pods of any namespace reach it by. */
  readonly host: pulumi.Output<string>;
  /** What has to stand before a user may start. */
  readonly ready: readonly pulumi.Resource[];
}

export interface DeploymentArgs extends WorkloadArgs<Server> {
  /** Which part of the service it is. Default: the one that bears the service's own name. */
  readonly part?: string;
  readonly replicas: number;
  readonly transform?: Transform<kubernetes.apps.v1.DeploymentArgs> | undefined;
}

/** Interchangeable instances with an address, replaced one by one: a new one serves before an old one goes. */
export function deployment(owner: Component, args: DeploymentArgs): Running {
  const { workload, controller } = instances(owner, args);
  return running(workload, controller, args);
}

/** Interchangeable instances without an address of their own. */
export function instances(
  owner: Component,
  { part = MAIN_PART, replicas, transform, ...args }: DeploymentArgs,
): { readonly workload: Workload; readonly controller: pulumi.Resource } {
  const workload = prepareWorkload(owner, part, { ...args, spec: { ...spread(owner, part), ...args.spec } });
  const controller = new kubernetes.apps.v1.Deployment(
    `${workload.name}-deployment`,
    transformed(
      {
        metadata: metadataOf(workload),
        spec: {
          replicas,
          revisionHistoryLimit: 3,
          strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
          selector: { matchLabels: workload.selector },
          template: workload.template,
        },
      },
      transform,
    ),
    workload.options,
  );
  if (replicas > 1) keepOneRunning(workload);
  return { workload, controller };
}

export interface StatefulSetArgs extends WorkloadArgs<Server> {
  /** Size of the volume that `dataVolume()` mounts. */
  readonly size: string;
  readonly transform?: Transform<kubernetes.apps.v1.StatefulSetArgs> | undefined;
}

/** One instance with a volume of its own, which outlives it wherever data is protected. */
export function statefulSet(owner: Component, { size, transform, ...args }: StatefulSetArgs): Running {
  const workload = prepareWorkload(owner, MAIN_PART, args);
  const { cluster, safety } = owner.environment.config;
  const controller = new kubernetes.apps.v1.StatefulSet(
    `${owner.name}-statefulset`,
    transformed(
      {
        metadata: metadataOf(workload),
        spec: {
          replicas: 1,
          serviceName: workload.name,
          revisionHistoryLimit: 3,
          selector: { matchLabels: workload.selector },
          template: workload.template,
          persistentVolumeClaimRetentionPolicy: {
            whenDeleted: safety.protectData ? "Retain" : "Delete",
            whenScaled: "Retain",
          },
          volumeClaimTemplates: [
            {
              metadata: { name: "data", labels: workload.selector },
              spec: {
                accessModes: ["ReadWriteOnce"],
                ...(cluster.storageClass && { storageClassName: cluster.storageClass }),
                resources: { requests: { storage: size } },
              },
            },
          ],
        },
      },
      transform,
    ),
    workload.options,
  );
  return running(workload, controller, args);
}

export interface DaemonSetArgs extends WorkloadArgs<Server> {
  readonly transform?: Transform<kubernetes.apps.v1.DaemonSetArgs> | undefined;
}

/** One instance on every node, whatever the node is reserved for. */
export function daemonSet(owner: Component, { transform, ...args }: DaemonSetArgs): pulumi.Resource {
  const spec = { tolerations: [{ operator: "Exists" }], ...args.spec };
  const workload = prepareWorkload(owner, MAIN_PART, { ...args, spec });
  return new kubernetes.apps.v1.DaemonSet(
    `${owner.name}-daemonset`,
    transformed(
      {
        metadata: metadataOf(workload),
        spec: {
          revisionHistoryLimit: 3,
          updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1 } },
          selector: { matchLabels: workload.selector },
          template: workload.template,
        },
      },
      transform,
    ),
    workload.options,
  );
}

export interface JobArgs extends WorkloadArgs<Container> {
  readonly transform?: Transform<kubernetes.batch.v1.JobArgs> | undefined;
}

/** A step that runs to its end once for each version of itself: anything about it that changes makes it run again. */
export function job(owner: Component, part: string, { transform, ...args }: JobArgs): pulumi.Resource {
  const workload = prepareWorkload(owner, part, { ...args, spec: { restartPolicy: "OnFailure", ...args.spec } });
  const name = contentName(workload.name, workload.template);
  return new kubernetes.batch.v1.Job(
    `${workload.name}-job`,
    transformed(
      {
        metadata: { ...metadataOf(workload), name },
        spec: { backoffLimit: 10, activeDeadlineSeconds: 600, template: workload.template },
      },
      transform,
    ),
    // A name that follows from content can come back: the old job must be gone before a run is undone that broke off.
    { ...workload.options, deleteBeforeReplace: true },
  );
}

export interface CronJobArgs extends WorkloadArgs<Container> {
  /** When it runs, in the notation of cron and the time zone UTC. */
  readonly schedule: string;
  /** A template that never runs by itself: the command line starts jobs from it. */
  readonly onDemand?: boolean;
  /** Seconds that a run may take. */
  readonly deadlineSeconds: number;
  readonly transform?: Transform<kubernetes.batch.v1.CronJobArgs> | undefined;
}

/** A step that runs to its end at set times or on demand, never twice at once. */
export function cronJob(owner: Component, part: string, args: CronJobArgs): pulumi.Resource {
  const { schedule, onDemand = false, deadlineSeconds, transform } = args;
  const workload = prepareWorkload(owner, part, { ...args, spec: { restartPolicy: "Never", ...args.spec } });
  return new kubernetes.batch.v1.CronJob(
    `${workload.name}-cronjob`,
    transformed(
      {
        metadata: metadataOf(workload),
        spec: {
          schedule,
          timeZone: "Etc/UTC",
          suspend: onDemand,
          concurrencyPolicy: "Forbid",
          startingDeadlineSeconds: 3600,
          successfulJobsHistoryLimit: 3,
          failedJobsHistoryLimit: 3,
          jobTemplate: {
            metadata: { labels: workload.labels },
            spec: {
              // What was asked for is tried once: whoever asked is there to see it fail.
              backoffLimit: onDemand ? 0 : 3,
              activeDeadlineSeconds: deadlineSeconds,
              ttlSecondsAfterFinished: 7 * 24 * 3600,
              template: workload.template,
            },
          },
        },
      },
      transform,
    ),
    workload.options,
  );
}

function metadataOf({ name, namespace, labels }: Workload) {
  return { name, namespace: namespace.name, labels };
}

function running(workload: Workload, controller: pulumi.Resource, args: WorkloadArgs<Server>): Running {
  const servers = [args.container, ...Object.values(args.beside ?? {})];
  const ports = Object.assign({}, ...servers.map((server) => server.ports));
  const service = serviceFor(workload.owner, { ...workload, ports, after: [controller] });
  const host = pulumi.interpolate`${workload.name}.${workload.namespace.name}.svc`;
  const { name, namespace, selector } = workload;
  return { name, namespace, selector, host, ready: [controller, service] };
}

/** Instances keep away from each other's nodes where there are nodes enough. */
function spread(owner: Component, part: string) {
  const labelSelector = {
    matchLabels: { "app.kubernetes.io/name": owner.name, "app.kubernetes.io/component": part },
  };
  const podAffinityTerm = { topologyKey: "kubernetes.io/hostname", labelSelector };
  return {
    affinity: {
      podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm }] },
    },
    topologySpreadConstraints: [
      { maxSkew: 1, topologyKey: "kubernetes.io/hostname", whenUnsatisfiable: "ScheduleAnyway", labelSelector },
    ],
  };
}

/** Draining nodes takes one instance at a time. */
function keepOneRunning(workload: Workload): void {
  new kubernetes.policy.v1.PodDisruptionBudget(
    `${workload.name}-budget`,
    {
      metadata: metadataOf(workload),
      spec: { maxUnavailable: 1, selector: { matchLabels: workload.selector } },
    },
    { parent: workload.owner },
  );
}
