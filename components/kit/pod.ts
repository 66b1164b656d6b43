import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Labels } from "./labels.ts";
import type { Mount } from "./mounts.ts";
import { type Health, probes } from "./probes.ts";
import type { SecretRef } from "./secrets.ts";

type ContainerSpec = kubernetes.types.input.core.v1.Container;
type PodSpec = kubernetes.types.input.core.v1.PodSpec;
type EnvVar = kubernetes.types.input.core.v1.EnvVar;

/** CPU and memory of a container, as the configuration has them. */
export interface Resources {
  readonly requests: { readonly cpu: string; readonly memory: string };
  readonly limits: { readonly cpu: string; readonly memory: string };
}

/** One key of a secret of the container's own namespace. */
export interface SecretKey {
  readonly secret: SecretRef;
  readonly key: string;
}

/** A container that runs to its end. Whatever is not said here is as locked down as Kubernetes allows. */
export interface Container {
  readonly image: pulumi.Input<string>;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  /** Its working directory. Default: that of the image. */
  readonly directory?: string;
  readonly env?: Readonly<Record<string, pulumi.Input<string>>>;
  /** Environment variables that hold facts about the pod, by field: `spec.nodeName`. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Environment variables with the value of a secret's key: for what the program reads in no other way. */
  readonly secretEnv?: Readonly<Record<string, SecretKey>>;
  readonly mounts?: readonly Mount[];
  readonly resources: Resources;
  /** What it is allowed beyond a container of the "restricted" standard; only where the namespace lets it. */
  readonly security?: kubernetes.types.input.core.v1.SecurityContext;
}

/** A container that serves: its ports by name, and how the cluster learns that it is well. */
export interface Server extends Container {
  readonly ports: Readonly<Record<string, number>>;
  readonly health: Health;
}

/** The containers of a pod and what they share. */
export interface Pod {
  /** The user that the containers run as, and the group that may read their secrets. Default 10001. */
  readonly user?: number;
  /** Containers that run to their end, one after the other, before the rest starts. */
  readonly before?: Readonly<Record<string, Container>>;
  /** Servers beside the main one. */
  readonly beside?: Readonly<Record<string, Server>>;
  /** Seconds to finish work after being asked to stop. Default 30. */
  readonly graceSeconds?: number;
  /** Anything else of the pod: tolerations, the host's process list. */
  readonly spec?: Partial<PodSpec>;
}

/** The user of images that accept any: far from the users of the node. */
export const DEFAULT_USER = 10_001;

/** The pod of a workload: the main container, those around it, and the volumes that any of them mounts. */
export function podTemplate(
  labels: Labels,
  serviceAccountName: pulumi.Input<string>,
  main: Readonly<Record<string, Container | Server>>,
  { user = DEFAULT_USER, before = {}, beside = {}, graceSeconds = 30, spec = {} }: Pod,
): kubernetes.types.input.core.v1.PodTemplateSpec {
  const running = { ...main, ...beside };
  return {
    metadata: { labels },
    spec: {
      serviceAccountName,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: graceSeconds,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: user,
        runAsGroup: user,
        fsGroup: user,
        fsGroupChangePolicy: "OnRootMismatch",
        seccompProfile: { type: "RuntimeDefault" },
      },
      ...(Object.keys(before).length > 0 && { initContainers: containerSpecs(before) }),
      containers: containerSpecs(running),
      volumes: volumesOf([...Object.values(running), ...Object.values(before)]),
      ...spec,
    },
  };
}

function containerSpecs(containers: Readonly<Record<string, Container | Server>>): ContainerSpec[] {
  return Object.entries(containers).map(([name, container]) => containerSpec(name, container));
}

function containerSpec(name: string, container: Container | Server): ContainerSpec {
  const { image, command, args, directory, mounts = [], resources, security } = container;
  return {
    name,
    image,
    ...(command && { command: [...command] }),
    ...(args && { args: [...args] }),
    ...(directory && { workingDir: directory }),
    ...((container.env ?? container.fields ?? container.secretEnv) && { env: environmentOf(container) }),
    ...("ports" in container && { ports: portsOf(container.ports), ...probes(container.health) }),
    volumeMounts: mounts.map(({ at }) => at),
    resources: withDisk(resources),
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      capabilities: { drop: ["ALL"] },
      ...security,
    },
  };
}

/** Facts about the pod first: a value after them may name them as `$(NAME)`. */
function environmentOf({ env = {}, fields = {}, secretEnv = {} }: Container): EnvVar[] {
  return [
    ...Object.entries(fields).map(([name, fieldPath]) => ({ name, valueFrom: { fieldRef: { fieldPath } } })),
    ...Object.entries(env).map(([name, value]) => ({ name, value })),
    ...Object.entries(secretEnv).map(([name, { secret, key }]) => ({
      name,
      valueFrom: { secretKeyRef: { name: secret.name, key } },
    })),
  ];
}

function portsOf(ports: Server["ports"]): kubernetes.types.input.core.v1.ContainerPort[] {
  return Object.entries(ports).map(([name, containerPort]) => ({ name, containerPort, protocol: "TCP" }));
}

/** The disk of the node counts too: logs and scratch directories fill it. */
function withDisk({ requests, limits }: Resources): kubernetes.types.input.core.v1.ResourceRequirements {
  return {
    requests: { ...requests, "ephemeral-storage": "64Mi" },
    limits: { ...limits, "ephemeral-storage": "1Gi" },
  };
}

/** Every volume once, whichever containers mount it. */
function volumesOf(containers: readonly Container[]): kubernetes.types.input.core.v1.Volume[] {
  const volumes = containers.flatMap(({ mounts = [] }) => mounts.flatMap(({ volume }) => volume ?? []));
  return [...new Map(volumes.map((volume) => [volume.name, volume])).values()];
}
