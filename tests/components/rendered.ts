import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { Registered } from "./deploy.ts";

const Labels = z.record(z.string(), z.string());
const Metadata = z.object({ name: z.string(), namespace: z.string().optional(), labels: Labels.default({}) });
const Amounts = z.record(z.string(), z.string()).default({});

const Probe = z.object({ exec: z.object({ command: z.array(z.string()) }).optional() });

const ValueFrom = z.object({ secretKeyRef: z.object({ name: z.string(), key: z.string() }).optional() }).optional();

const Container = z.object({
  name: z.string(),
  image: z.string(),
  command: z.array(z.string()).default([]),
  args: z.array(z.string()).default([]),
  env: z.array(z.object({ name: z.string(), value: z.string().optional(), valueFrom: ValueFrom })).default([]),
  ports: z.array(z.object({ name: z.string(), containerPort: z.number() })).default([]),
  startupProbe: Probe.optional(),
  readinessProbe: Probe.optional(),
  livenessProbe: Probe.optional(),
  resources: z.object({ requests: Amounts, limits: Amounts }),
  securityContext: z.record(z.string(), z.unknown()).default({}),
  volumeMounts: z
    .array(z.object({ name: z.string(), mountPath: z.string(), readOnly: z.boolean().optional() }))
    .default([]),
});

const Volume = z.object({
  name: z.string(),
  secret: z.object({ secretName: z.string(), items: z.array(z.object({ key: z.string() })).default([]) }).optional(),
  configMap: z.object({ name: z.string() }).optional(),
  hostPath: z.object({ path: z.string() }).optional(),
});

const PodSpec = z.object({
  serviceAccountName: z.string(),
  automountServiceAccountToken: z.boolean(),
  terminationGracePeriodSeconds: z.number(),
  hostPID: z.boolean().default(false),
  securityContext: z.record(z.string(), z.unknown()),
  initContainers: z.array(Container).default([]),
  containers: z.array(Container),
  volumes: z.array(Volume).default([]),
});

const WorkloadSpec = z.object({
  replicas: z.number().optional(),
  selector: z.object({ matchLabels: Labels }).optional(),
  template: z.object({ metadata: z.object({ labels: Labels }), spec: PodSpec }),
});
/** A CronJob has the pods in the template of its jobs. */
const CronJobSpec = z
  .object({ jobTemplate: z.object({ spec: WorkloadSpec }) })
  .transform((spec) => spec.jobTemplate.spec);
const WorkloadInputs = z.object({ metadata: Metadata, spec: z.union([WorkloadSpec, CronJobSpec]) });

export type RenderedContainer = z.infer<typeof Container>;

/** A workload with its pods, as Kubernetes gets to see it. */
export interface RenderedWorkload {
  readonly resource: Registered;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly replicas: number;
  readonly selector: Readonly<Record<string, string>> | undefined;
  readonly podLabels: Readonly<Record<string, string>>;
  readonly pod: z.infer<typeof PodSpec>;
  /** All containers: those that start first, and those that stay. */
  readonly containers: readonly RenderedContainer[];
}

const workloadKinds: ReadonlySet<string> = new Set(["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"]);

export function workloadsOf(resources: readonly Registered[]): RenderedWorkload[] {
  return resources.filter(({ kind }) => workloadKinds.has(kind)).map(rendered);
}

export function rendered(resource: Registered): RenderedWorkload {
  const { metadata, spec } = WorkloadInputs.parse(resource.inputs);
  const { spec: pod, metadata: podMetadata } = spec.template;
  return {
    resource,
    kind: resource.kind,
    name: metadata.name,
    namespace: metadata.namespace ?? "",
    replicas: spec.replicas ?? 1,
    selector: spec.selector?.matchLabels,
    podLabels: podMetadata.labels,
    pod,
    containers: [...pod.initContainers, ...pod.containers],
  };
}

const Pods = z.object({
  podSelector: z.object({ matchLabels: Labels.default({}) }),
  namespaceSelector: z.object({ matchLabels: Labels }),
});
const Addresses = z.object({ ipBlock: z.object({ cidr: z.string() }) });
const Peers = z.array(z.union([Pods, Addresses]));
const Ports = z.array(z.object({ port: z.number(), protocol: z.string() }));
const PolicyInputs = z.object({
  metadata: Metadata,
  spec: z.object({
    podSelector: z.object({ matchLabels: Labels.optional() }),
    policyTypes: z.array(z.string()),
    egress: z.array(z.object({ to: Peers, ports: Ports })).default([]),
    ingress: z.array(z.object({ from: Peers, ports: Ports })).default([]),
  }),
});

export function policiesOf(resources: readonly Registered[]) {
  return resources.filter(({ kind }) => kind === "NetworkPolicy").map(({ inputs }) => PolicyInputs.parse(inputs));
}

export function metadataOf({ inputs }: Registered): z.infer<typeof Metadata> {
  return z.object({ metadata: Metadata }).parse(inputs).metadata;
}

export function dataOf({ inputs }: Registered): Readonly<Record<string, string>> {
  return z.object({ data: z.record(z.string(), z.string()) }).parse(inputs).data;
}

/** How the engine's protocol marks a value as secret. */
const SECRET_MARK = "4dabf18193072939515e22adb298388d";

/** The value inside a secret; undefined when the value is not marked as one. */
export function secretValue(value: unknown): unknown {
  const parsed = z.object({ [SECRET_MARK]: z.string(), value: z.unknown() }).safeParse(value);
  return parsed.success ? parsed.data["value"] : undefined;
}

/** For JSON.stringify: what is marked as a secret left out. */
export function unmarked(_key: string, value: unknown): unknown {
  return secretValue(value) === undefined ? value : undefined;
}

/** The logical names of what has to stand before a resource is made. */
export async function dependenciesOf({ options }: Registered): Promise<string[]> {
  const dependencies = await resolved(pulumi.output(options.dependsOn ?? []));
  const list = Array.isArray(dependencies) ? dependencies : [dependencies];
  const urns = await Promise.all(
    list.filter((item) => pulumi.Resource.isInstance(item)).map(({ urn }) => resolved(urn)),
  );
  return urns.map((urn) => urn.slice(urn.lastIndexOf("::") + 2));
}

function resolved<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => void output.apply(resolve));
}
