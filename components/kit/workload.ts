import type { Colour } from "@homeslice/config";
import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Component } from "./component.ts";
import { type Labels, MAIN_PART, selectorLabels, standardLabels } from "./labels.ts";
import type { Endpoint, Peer, Use } from "./link.ts";
import { secretFiles } from "./mounts.ts";
import { openConnection, openOutside } from "./network.ts";
import { type Container, type Pod, podTemplate } from "./pod.ts";
import { type SecretRef, secretFile } from "./secrets.ts";

/** What every kind of workload is made of. */
export interface WorkloadArgs<Main extends Container> extends Pod {
  /** Which of two versions it is, where two stand side by side. */
  readonly colour?: Colour;
  readonly container: Main;
  /** The links it uses: settings and secrets in its environment, openings in the network, its place in the order. */
  readonly uses?: readonly Use[];
  /** The links that containers of `before` use, by the container's name. */
  readonly usesBefore?: Readonly<Record<string, readonly Use[]>>;
  /** What else it talks to, without a secret and without waiting for it. */
  readonly reaches?: readonly Endpoint[];
  /** TCP ports at which it reaches addresses outside the cluster. */
  readonly outside?: readonly number[];
  /** What else has to stand before it starts. */
  readonly after?: readonly pulumi.Resource[];
  /** Seconds after which a run that waits for it gives up. Default: as long as the provider has patience. */
  readonly readySeconds?: number;
}

/** A workload before its controller exists: its identity, its pods, and what has to come first. */
export interface Workload extends Peer {
  readonly owner: Component;
  readonly labels: Labels;
  readonly template: kubernetes.types.input.core.v1.PodTemplateSpec;
  readonly options: pulumi.CustomResourceOptions;
}

/** Prepares the pods of one part of a service: account, links, template. */
export function prepareWorkload(owner: Component, part: string, args: WorkloadArgs<Container>): Workload {
  const { colour, readySeconds } = args;
  const patience = readySeconds === undefined ? undefined : `${readySeconds}s`;
  const identity = { ...owner.identity(part), ...(colour && { colour }) };
  const labels = standardLabels(identity);
  const name = [owner.name, part === MAIN_PART ? undefined : part, colour].filter(Boolean).join("-");
  const peer = { name, namespace: owner.namespace, selector: selectorLabels(identity) };
  const uses = [...(args.uses ?? []), ...Object.values(args.usesBefore ?? {}).flat()];
  const account = new kubernetes.core.v1.ServiceAccount(
    `${name}-account`,
    { metadata: { name, namespace: owner.namespace.name, labels }, automountServiceAccountToken: false },
    { parent: owner },
  );
  const equip = (container: Container, used: readonly Use[] = []) =>
    used.reduce((current, each) => equipped(owner, current, each), container);
  const main = equip(args.container, args.uses);
  const before = mapped(args.before ?? {}, (container, each) => equip(container, args.usesBefore?.[each]));
  const openings = [...byPeer([...uses.map(({ link }) => link), ...(args.reaches ?? [])]).values()].flatMap(
    (endpoint) => openConnection(owner, peer, endpoint),
  );
  const outside = (args.outside ?? []).map((port) => openOutside(owner, peer, port));
  const spec = { ...apartFromTheNode(owner), ...args.spec };
  const ready = uses.flatMap(({ link }) => link.ready);
  return {
    ...peer,
    owner,
    labels,
    template: podTemplate(labels, account.metadata.name, { [part]: main }, { ...args, before, spec }),
    options: {
      parent: owner,
      ...(patience && { customTimeouts: { create: patience, update: patience } }),
      dependsOn: [...owner.namespace.ready, ...openings, ...outside, ...ready, ...(args.after ?? [])],
    },
  };
}

/** Where pods need nothing of their node, their users are nobody there: not even root of a container is. */
function apartFromTheNode({ environment, namespace }: Component) {
  const apart = environment.config.cluster.userNamespaces && namespace.podSecurity === "restricted";
  return apart ? { hostUsers: false } : {};
}

/** Each peer once, whichever containers of the pod use it: the pod has one address. */
function byPeer(endpoints: readonly Endpoint[]): ReadonlyMap<string, Endpoint> {
  return new Map(endpoints.map((endpoint) => [`${endpoint.peer.name}:${endpoint.port}`, endpoint]));
}

function mapped<Value>(values: Readonly<Record<string, Value>>, change: (value: Value, key: string) => Value) {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value, key)]));
}

/** The container with the settings and the secret files of a link. */
function equipped(owner: Component, container: Container, { link, settings, files, named }: Use): Container {
  const keys = Object.keys(files);
  const secret = mountable(owner, link.secret, keys);
  const values = Object.entries(settings).map(([setting, variable]) => [variable, link.settings[setting] ?? ""]);
  const paths = Object.entries(files).map(([key, variable]) => [variable, named(secretFile(secret, key))]);
  return {
    ...container,
    env: { ...container.env, ...Object.fromEntries([...values, ...paths]) },
    mounts: [...(container.mounts ?? []), secretFiles(secret, keys)],
  };
}

/** The secret itself, or a copy of the keys needed where pods of another namespace can mount it. */
function mountable(owner: Component, secret: SecretRef, keys: readonly string[]): SecretRef {
  if (secret.namespace === owner.namespace) return secret;
  const values = Object.entries(secret.values).filter(([key]) => keys.includes(key));
  return owner.secret(secret.label, Object.fromEntries(values));
}
