import { z } from "zod";

const Environment = z.object({
  name: z.string(),
  valueFrom: z.object({ secretKeyRef: z.looseObject({ name: z.string() }).optional() }).optional(),
});
const SecurityContext = z.looseObject({
  runAsUser: z.number().optional(),
  runAsGroup: z.number().optional(),
  runAsNonRoot: z.boolean().optional(),
  readOnlyRootFilesystem: z.boolean().optional(),
  allowPrivilegeEscalation: z.boolean().optional(),
  privileged: z.boolean().optional(),
  capabilities: z
    .object({ add: z.array(z.string()).default([]), drop: z.array(z.string()).default([]) })
    .default({ add: [], drop: [] }),
  seccompProfile: z.object({ type: z.string() }).optional(),
  appArmorProfile: z.object({ type: z.string() }).optional(),
});
const Amounts = z.record(z.string(), z.string()).default({});
const Container = z.looseObject({
  name: z.string(),
  image: z.string(),
  env: z.array(Environment).default([]),
  envFrom: z.array(z.looseObject({ secretRef: z.unknown().optional() })).default([]),
  resources: z.object({ requests: Amounts, limits: Amounts }).default({ requests: {}, limits: {} }),
  securityContext: SecurityContext.prefault({}),
});
const Volume = z.looseObject({
  name: z.string(),
  hostPath: z.object({ path: z.string() }).optional(),
  projected: z
    .looseObject({ sources: z.array(z.looseObject({ serviceAccountToken: z.unknown().optional() })) })
    .optional(),
});
const PodSpec = z.looseObject({
  serviceAccountName: z.string().optional(),
  automountServiceAccountToken: z.boolean().optional(),
  hostUsers: z.boolean().optional(),
  hostPID: z.boolean().optional(),
  hostIPC: z.boolean().optional(),
  hostNetwork: z.boolean().optional(),
  securityContext: SecurityContext.prefault({}),
  containers: z.array(Container),
  initContainers: z.array(Container).default([]),
  volumes: z.array(Volume).default([]),
});
const Template = z.object({ spec: PodSpec });

export type Container = z.infer<typeof Container>;
export type PodSpec = z.infer<typeof PodSpec>;

/** A Kubernetes object as a manifest has it. */
export const KubernetesObject = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string().optional(),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
});
export type KubernetesObject = z.infer<typeof KubernetesObject>;

const WithTemplate = z.object({ spec: z.object({ template: z.looseObject({}) }) });
const WithJob = z.object({ spec: z.object({ jobTemplate: WithTemplate }) });
const WithClaims = z.object({ spec: z.object({ volumeClaimTemplates: z.array(z.unknown()).min(1) }) });

/** The pods that an object makes. */
export interface Workload {
  readonly kind: string;
  readonly spec: PodSpec;
  /** Every container, those that come before the others included. */
  readonly containers: readonly Container[];
  /** Whether each pod gets a volume of its own that stays. */
  readonly claimsVolumes: boolean;
}

/** The template of the pods that an object makes, word by word; undefined for objects that make none. */
export function podTemplateOf(object: KubernetesObject): Readonly<Record<string, unknown>> | undefined {
  const job = WithJob.safeParse(object);
  return WithTemplate.safeParse(job.success ? job.data.spec.jobTemplate : object).data?.spec.template;
}

/** The workload that an object is; undefined for objects that make no pods. */
export function workloadOf(object: KubernetesObject): Workload | undefined {
  const template = podTemplateOf(object);
  if (!template) return undefined;
  const { spec } = Template.parse(template);
  return {
    kind: object.kind,
    spec,
    containers: [...spec.initContainers, ...spec.containers],
    claimsVolumes: WithClaims.safeParse(object).success,
  };
}

/** What an object is called among those of a stack, whatever its content: `Job/postgresql-grafana`. */
export function nameOf({ kind, metadata }: KubernetesObject): string {
  return `${kind}/${metadata.name.replace(/-[0-9a-f]{8}$/, "")}`;
}
