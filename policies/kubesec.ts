import type { Container, PodSpec, Workload } from "./objects.ts";

interface Points {
  readonly points: number;
  readonly earned: (workload: Workload) => boolean;
}

const LOWEST_USER = 10_001;

const every = (check: (container: Container, pod: PodSpec) => boolean) => (workload: Workload) =>
  workload.containers.every((container) => check(container, workload.spec));
const some = (check: (container: Container, pod: PodSpec) => boolean) => (workload: Workload) =>
  workload.containers.some((container) => check(container, workload.spec));
const amount = (of: "requests" | "limits", kind: string) => every(({ resources }) => resources[of][kind] !== undefined);
const mountsHost = (path: RegExp) => (workload: Workload) =>
  workload.spec.volumes.some(({ hostPath }) => hostPath && path.test(hostPath.path));

/** The rules of kubesec with their points, counted more strictly: what it asks of one container, all have to have. */
const rules: Readonly<Record<string, Points>> = {
  ReadOnlyRootFilesystem: {
    points: 1,
    earned: every(({ securityContext: own }) => own.readOnlyRootFilesystem === true),
  },
  RunAsNonRoot: {
    points: 1,
    earned: every(
      ({ securityContext: own }, pod) =>
        (own.runAsNonRoot ?? pod.securityContext.runAsNonRoot) === true && !isRoot(own),
    ),
  },
  RunAsUser: { points: 1, earned: every(({ securityContext: own }, pod) => userOf(own, pod) >= LOWEST_USER) },
  RunAsGroup: { points: 1, earned: every(({ securityContext: own }, pod) => groupOf(own, pod) >= LOWEST_USER) },
  CapDropAny: { points: 1, earned: every(({ securityContext: own }) => own.capabilities.drop.length > 0) },
  CapDropAll: { points: 1, earned: every(({ securityContext: own }) => own.capabilities.drop.includes("ALL")) },
  RequestsCPU: { points: 1, earned: amount("requests", "cpu") },
  RequestsMemory: { points: 1, earned: amount("requests", "memory") },
  LimitsCPU: { points: 1, earned: amount("limits", "cpu") },
  LimitsMemory: { points: 1, earned: amount("limits", "memory") },
  Seccomp: { points: 1, earned: ({ spec }) => spec.securityContext.seccompProfile?.type === "RuntimeDefault" },
  AutomountServiceAccountToken: { points: 1, earned: ({ spec }) => spec.automountServiceAccountToken === false },
  HostUsers: { points: 1, earned: ({ spec }) => spec.hostUsers === false },
  ServiceAccountName: { points: 3, earned: ({ spec }) => ![undefined, "default"].includes(spec.serviceAccountName) },
  AppArmor: { points: 3, earned: ({ spec }) => spec.securityContext.appArmorProfile?.type === "RuntimeDefault" },
  VolumeClaims: { points: 2, earned: ({ kind, claimsVolumes }) => kind === "StatefulSet" && claimsVolumes },
  SecretInEnvironment: {
    points: -5,
    earned: some(
      ({ env, envFrom }) => env.some(readsSecret) || envFrom.some(({ secretRef }) => secretRef !== undefined),
    ),
  },
  AllowPrivilegeEscalation: {
    points: -7,
    earned: some(({ securityContext: own }) => own.allowPrivilegeEscalation === true),
  },
  HostNetwork: { points: -9, earned: ({ spec }) => spec.hostNetwork === true },
  HostPID: { points: -9, earned: ({ spec }) => spec.hostPID === true },
  HostIPC: { points: -9, earned: ({ spec }) => spec.hostIPC === true },
  DockerSocket: { points: -9, earned: mountsHost(/docker\.sock$|containerd\.sock$/) },
  HostProc: { points: -9, earned: mountsHost(/^\/proc/) },
  CapSysAdmin: { points: -30, earned: some(({ securityContext: own }) => own.capabilities.add.includes("SYS_ADMIN")) },
  Privileged: { points: -30, earned: some(({ securityContext: own }) => own.privileged === true) },
};

/** How well a workload is locked down, of 19, or 21 with a volume of its own; and the rules that cost it points. */
export function kubesecScore(workload: Workload): { readonly score: number; readonly lost: readonly string[] } {
  const earned = Object.entries(rules).filter(([, rule]) => rule.earned(workload));
  const names = new Set(earned.map(([name]) => name));
  return {
    score: earned.reduce((sum, [, { points }]) => sum + points, 0),
    lost: Object.entries(rules).flatMap(([name, { points }]) => (points > 0 === names.has(name) ? [] : [name])),
  };
}

/** Whether a variable takes its value out of a Secret. */
export function readsSecret({ valueFrom }: Container["env"][number]): boolean {
  return valueFrom?.secretKeyRef !== undefined;
}

function isRoot({ runAsUser }: Container["securityContext"]): boolean {
  return runAsUser === 0;
}

function userOf(own: Container["securityContext"], pod: PodSpec): number {
  return own.runAsUser ?? pod.securityContext.runAsUser ?? 0;
}

function groupOf(own: Container["securityContext"], pod: PodSpec): number {
  return own.runAsGroup ?? pod.securityContext.runAsGroup ?? 0;
}
