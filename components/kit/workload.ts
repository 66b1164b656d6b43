import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Component } from "./component.ts";
import { type Labels, selectorLabels, standardLabels } from "./labels.ts";
import type { Peer, Use } from "./link.ts";
import { secretFiles } from "./mounts.ts";
import { openConnection } from "./network.ts";
import { type Container, type Pod, podTemplate } from "./pod.ts";
import { type SecretRef, secretFile } from "./secrets.ts";

/** What every kind of workload is made of. */
export interface WorkloadArgs<Main extends Container> extends Pod {
  readonly container: Main;
  /** The links it uses: settings and secrets in its environment, openings in the network, its place in the order. */
  readonly uses?: readonly Use[];
  /** What else has to stand before it starts. */
  readonly after?: readonly pulumi.Resource[];
}

/** A workload before its controller exists: its identity, its pods, and what has to come first. */
export interface Workload extends Peer {
  readonly owner: Component;
  readonly labels: Labels;
  readonly template: kubernetes.types.input.core.v1.PodTemplateSpec;
  readonly options: pulumi.CustomResourceOptions;
}

/** The part of a service that bears the service's own name. */
export const MAIN_PART = "server";

/** Prepares the pods of one part of a service: account, links, template. */
export function prepareWorkload(owner: Component, part: string, args: WorkloadArgs<Container>): Workload {
  const identity = owner.identity(part);
  const labels = standardLabels(identity);
  const name = part === MAIN_PART ? owner.name : `${owner.name}-${part}`;
  const peer = { name, namespace: owner.namespace, selector: selectorLabels(identity) };
  const uses = args.uses ?? [];
  const account = new kubernetes.core.v1.ServiceAccount(
    `${name}-account`,
    { metadata: { name, namespace: owner.namespace.name, labels }, automountServiceAccountToken: false },
    { parent: owner },
  );
  const container = uses.reduce((current, used) => equipped(owner, current, used), args.container);
  const openings = uses.flatMap(({ link }) => openConnection(owner, peer, link));
  const before = uses.flatMap(({ link }) => link.ready);
  return {
    ...peer,
    owner,
    labels,
    template: podTemplate(labels, account.metadata.name, { [part]: container }, args),
    options: { parent: owner, dependsOn: [...owner.namespace.ready, ...openings, ...before, ...(args.after ?? [])] },
  };
}

/** The container with the settings and the secret files of a link. */
function equipped(owner: Component, container: Container, { link, settings, files }: Use): Container {
  const keys = Object.keys(files);
  const secret = mountable(owner, link.secret, keys);
  const values = Object.entries(settings).map(([setting, variable]) => [variable, link.settings[setting] ?? ""]);
  const paths = Object.entries(files).map(([key, variable]) => [variable, secretFile(secret, key)]);
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
