import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { childRules } from "./children.ts";
import type { Environment } from "./environment.ts";
import { type Identity, standardLabels } from "./labels.ts";
import { type Mount, singleFiles, textFiles } from "./mounts.ts";
import { contentName } from "./names.ts";
import type { Namespace } from "./namespace.ts";
import type { SecretRef } from "./secrets.ts";

/** The contents of files by their names. */
type Texts = Readonly<Record<string, pulumi.Input<string>>>;

/** A service of the platform: one node of the resource tree with everything the service consists of below it. */
export abstract class Component extends pulumi.ComponentResource {
  readonly name: string;
  readonly environment: Environment;
  /** Where the service runs. */
  readonly namespace: Namespace;

  constructor(kind: string, name: string, environment: Environment, namespace: Namespace = environment.platform) {
    const transformations = [childRules(name, environment.config.safety)];
    super(`homeslice:platform:${kind}`, name, {}, { provider: environment.kubernetes, transformations });
    this.name = name;
    this.environment = environment;
    this.namespace = namespace;
    environment.add(name, this);
  }

  /** Who a part of this service is among all objects of the cluster. */
  identity(part: string): Identity {
    return { name: this.name, part, instance: this.environment.instance };
  }

  /** A new random secret of letters and digits, the same for the life of the stack. */
  protected generate(suffix: string, length = 32): pulumi.Output<string> {
    return new random.RandomPassword(`${this.name}-${suffix}`, { length, special: false }, { parent: this }).result;
  }

  /**
   * A Kubernetes Secret of this service; workloads mount its keys as files.
   * @param options `protect: false` for what another `up` can make again
   */
  secret<Key extends string>(
    suffix: string,
    values: Readonly<Record<Key, pulumi.Output<string>>>,
    options: { readonly protect?: false } = {},
  ): SecretRef<Key> {
    const encode = (value: pulumi.Output<string>) => value.apply((text) => Buffer.from(text).toString("base64"));
    const entries = Object.entries<pulumi.Output<string>>(values);
    const label = `${this.name}-${suffix}`;
    const secret = new kubernetes.core.v1.Secret(
      label,
      {
        metadata: this.metadata(label, "secret"),
        type: "Opaque",
        data: pulumi.secret(Object.fromEntries(entries.map(([key, value]) => [key, encode(value)]))),
      },
      { parent: this, ...options },
    );
    return { label, name: secret.metadata.name, namespace: this.namespace, values };
  }

  /** Text files in a directory of a container. They are public: a secret has no place in them. */
  protected files(suffix: string, directory: string, contents: Texts): Mount {
    return textFiles(suffix, this.#configMap(suffix, contents), directory);
  }

  /** Text files, as public, in a directory that the program writes to as well. */
  protected filesBeside(suffix: string, directory: string, contents: Texts): Mount[] {
    return singleFiles(suffix, this.#configMap(suffix, contents), directory, Object.keys(contents));
  }

  #configMap(suffix: string, contents: Texts): pulumi.Output<string> {
    const name = `${this.name}-${suffix}`;
    const configMap = new kubernetes.core.v1.ConfigMap(
      name,
      { metadata: this.metadata(contentName(name, contents), "files"), data: contents, immutable: true },
      { parent: this },
    );
    return configMap.metadata.name;
  }

  protected metadata(name: pulumi.Input<string>, part: string): kubernetes.types.input.meta.v1.ObjectMeta {
    return { name, namespace: this.namespace.name, labels: standardLabels(this.identity(part)) };
  }
}
