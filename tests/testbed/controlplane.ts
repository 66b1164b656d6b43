import { join } from "node:path";
import { authorityOf, type Credentials } from "./credentials.ts";
import type { ProcessSpec } from "./processes.ts";

/** Everything on which the command lines of the control plane depend. */
export interface Layout {
  /** Folder of the programs, see build.ts. */
  readonly bin: string;
  /** Folder of this testbed. */
  readonly dir: string;
  readonly ports: {
    readonly etcd: number;
    readonly etcdPeer: number;
    readonly apiserver: number;
    readonly kubelet: number;
  };
  readonly credentials: Credentials;
}

/** The administrator's kubeconfig for the parts of the control plane; the public one appears only once all is ready. */
export const internalKubeconfig = (layout: Layout) => join(layout.dir, "pki", "admin.kubeconfig");

export const etcdData = (dir: string) => join(dir, "etcd");

const program = (layout: Layout, name: string, args: readonly string[]): ProcessSpec => ({
  name,
  command: join(layout.bin, name),
  args,
  log: join(layout.dir, "logs", `${name}.log`),
});

export function etcd(layout: Layout): ProcessSpec {
  const client = `http://127.0.0.1:${layout.ports.etcd}`;
  const peer = `http://127.0.0.1:${layout.ports.etcdPeer}`;
  return program(layout, "etcd", [
    `--data-dir=${etcdData(layout.dir)}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    "--unsafe-no-fsync", // the data may be lost at any time, speed matters
    "--log-level=warn",
  ]);
}

export function apiserver(layout: Layout): ProcessSpec {
  const { credentials, ports } = layout;
  return program(layout, "kube-apiserver", [
    `--etcd-servers=http://127.0.0.1:${ports.etcd}`,
    "--bind-address=127.0.0.1",
    `--secure-port=${ports.apiserver}`,
    `--cert-dir=${credentials.certificates}`,
    `--token-auth-file=${credentials.tokens}`,
    "--authorization-mode=RBAC",
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-key-file=${credentials.serviceAccountPublicKey}`,
    `--service-account-signing-key-file=${credentials.serviceAccountKey}`,
    "--service-cluster-ip-range=10.43.0.0/16",
    "--allow-privileged=true", // Pod Security decides, as in a real cluster
    "--endpoint-reconciler-type=none", // its endpoint would be a loopback address, which the API refuses
    "--profiling=false",
  ]);
}

export function controllerManager(layout: Layout): ProcessSpec {
  const { credentials } = layout;
  return program(layout, "kube-controller-manager", [
    `--kubeconfig=${internalKubeconfig(layout)}`,
    `--service-account-private-key-file=${credentials.serviceAccountKey}`,
    `--root-ca-file=${authorityOf(credentials)}`,
    "--leader-elect=false",
    "--secure-port=0",
    "--enable-hostpath-provisioner=true", // backs the default StorageClass, see storage.ts
    "--node-monitor-grace-period=10m", // a starved machine must not evict simulated pods
    "--kube-api-qps=500",
    "--kube-api-burst=1000",
    "--profiling=false",
  ]);
}

export function scheduler(layout: Layout): ProcessSpec {
  return program(layout, "kube-scheduler", [
    `--kubeconfig=${internalKubeconfig(layout)}`,
    "--leader-elect=false",
    "--secure-port=0",
    "--profiling=false",
  ]);
}

export function kwok(layout: Layout, stageFiles: readonly string[]): ProcessSpec {
  return program(layout, "kwok", [
    `--kubeconfig=${internalKubeconfig(layout)}`,
    "--manage-all-nodes=true",
    "--node-lease-duration-seconds=40",
    "--cidr=10.42.0.0/16",
    // It stands in for the kubelets too, so that ports of pods can be forwarded (forwards.ts).
    `--server-address=127.0.0.1:${layout.ports.kubelet}`,
    `--node-port=${layout.ports.kubelet}`,
    "--node-ip=127.0.0.1",
    "--enable-crds=ClusterPortForward",
    ...stageFiles.map((file) => `--config=${file}`),
  ]);
}
