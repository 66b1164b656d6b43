import type { Config } from "@homeslice/config";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  API_PORTS,
  type Component,
  MAIN_PART,
  openAmong,
  openOutside,
  openTo,
  type Peer,
  type Running,
  type SecretRef,
  standardLabels,
} from "../kit/index.ts";
import { tunedParameters } from "./tuning.ts";

/** An account as the operator reads it. */
export type Account = SecretRef<"username" | "password">;

export interface InstancesArgs {
  readonly settings: Config["postgresql"];
  readonly superuser: Account;
  /** Owner of the first database, and that database: the operator makes one in any case. */
  readonly owner: { readonly name: string; readonly account: Account };
}

const PORT = 5432;
/** Where an instance tells the operator and the other instances how it fares. */
const STATUS_PORT = 8000;

/**
 * A primary and its standbys, made and kept by the operator CloudNativePG: it replicates, fails over, and makes the
 * Services. The one that ends in `-rw` leads to the primary, whichever instance that is.
 */
export function instances(owner: Component, args: InstancesArgs): Running {
  const { name, namespace } = owner;
  const pods: Peer = { name, namespace, selector: { "cnpg.io/cluster": name } };
  owner.environment.foundBy(name, pods.selector);
  const cluster = new kubernetes.apiextensions.CustomResource(
    `${name}-cluster`,
    {
      apiVersion: "postgresql.cnpg.io/v1",
      kind: "Cluster",
      metadata: {
        name,
        namespace: namespace.name,
        labels: standardLabels(owner.identity(MAIN_PART)),
        annotations: { "pulumi.com/waitFor": "condition=Ready" },
      },
      spec: clusterSpec(owner, args),
    },
    {
      parent: owner,
      customTimeouts: { create: "20m", update: "20m" },
      dependsOn: [...namespace.ready, ...openings(owner, pods, args.settings.operatorNamespace)],
    },
  );
  return { ...pods, host: pulumi.interpolate`${name}-rw.${namespace.name}.svc`, ready: [cluster] };
}

function clusterSpec(owner: Component, { settings, superuser, owner: first }: InstancesArgs) {
  const { environment } = owner;
  const { storageClass } = environment.config.cluster;
  const { instances: count = 3, synchronous = { method: "any", number: 1 } } = settings;
  const parameters = Object.entries(tunedParameters(settings)).map(([name, value]) => [name, String(value)]);
  return {
    instances: count,
    imageName: environment.image("postgresql-ha"),
    primaryUpdateStrategy: "unsupervised",
    primaryUpdateMethod: "switchover",
    enableSuperuserAccess: true,
    superuserSecret: { name: superuser.name },
    bootstrap: {
      initdb: {
        database: first.name,
        owner: first.name,
        secret: { name: first.account.name },
        localeCollate: "C.UTF-8",
        localeCType: "C.UTF-8",
      },
    },
    storage: { size: settings.size, ...(storageClass && { storageClass }) },
    ephemeralVolumesSizeLimit: { shm: "256Mi", temporaryData: "1Gi" },
    resources: settings.resources,
    affinity: {
      enablePodAntiAffinity: true,
      podAntiAffinityType: "required",
      topologyKey: "kubernetes.io/hostname",
    },
    postgresql: {
      parameters: Object.fromEntries(parameters),
      // A standby that may lack what was acknowledged is not promoted: writes wait in its place.
      synchronous: { ...synchronous, dataDurability: "required", failoverQuorum: true },
    },
  };
}

/** Instances replicate from each other and look after each other, ask the cluster's API who is primary, and obey the operator. */
function openings(owner: Component, pods: Peer, operatorNamespace: string): pulumi.Resource[] {
  const operator = {
    name: `${pods.name}-operator`,
    namespace: { name: operatorNamespace },
    selector: { "app.kubernetes.io/name": "cloudnative-pg" },
  };
  return [
    openAmong(owner, pods, [PORT, STATUS_PORT]),
    openTo(owner, operator, pods, [PORT, STATUS_PORT]),
    ...API_PORTS.map((port) => openOutside(owner, pods, port)),
  ];
}
