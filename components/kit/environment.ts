import type { Config, ImageName } from "@homeslice/config";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { childRules } from "./children.ts";
import { type ClusterConnection, connectionTo } from "./cluster.ts";
import type { Catalogue } from "./declaration.ts";
import { Images } from "./images.ts";
import { type Labels, MAIN_PART, selectorLabels } from "./labels.ts";
import type { Endpoint } from "./link.ts";
import { objectName } from "./names.ts";
import { createNamespace, type Namespace, type PodSecurity } from "./namespace.ts";

/** What all services of a stack share: the connection to the cluster, namespaces, images and safety rules. */
export class Environment extends pulumi.ComponentResource {
  readonly config: Config;
  /** Every service of this environment, and what it wants of the others. */
  readonly catalogue: Catalogue;
  readonly kubernetes: kubernetes.Provider;
  /** How to reach the cluster, for what talks to it besides. */
  readonly cluster: ClusterConnection;
  /** Where the platform's own services run. */
  readonly platform: Namespace;
  /** The value of `app.kubernetes.io/instance`. */
  readonly instance: string;
  readonly #images: Images;
  readonly #namespaces = new Map<string, Namespace>();
  readonly #components = new Map<string, pulumi.Resource>();
  readonly #selectors = new Map<string, Labels>();

  constructor(config: Config, catalogue: Catalogue) {
    const name = "environment";
    super("homeslice:platform:Environment", name, {}, { transformations: [childRules(name, config.safety)] });
    this.config = config;
    this.catalogue = catalogue;
    this.instance = objectName("homeslice", config.stack);
    this.cluster = connectionTo(config.cluster, this);
    // What the program sets is the program's: an edit by hand is drift, which the next `up` puts right without asking.
    const settings = { ...this.cluster, enablePatchForce: true };
    this.kubernetes = new kubernetes.Provider(`${name}-cluster`, settings, { parent: this });
    this.#images = new Images(config, { parent: this, dependsOn: [this.kubernetes] });
    this.platform = this.namespace("platform", "restricted");
    this.registerOutputs({});
  }

  /** Makes a namespace of this stack for one purpose; the one called "platform" bears the name of the stack alone. */
  namespace(purpose: string, podSecurity: PodSecurity): Namespace {
    const name = purpose === "platform" ? this.instance : objectName(this.instance, purpose);
    const args = { name, instance: this.instance, podSecurity };
    const options = { parent: this, provider: this.kubernetes };
    const namespace = createNamespace(options, `environment-${purpose}`, args);
    this.#namespaces.set(purpose, namespace);
    return namespace;
  }

  /** Where a service answers, by its name alone: nothing of it needs to exist yet but the namespace. */
  endpoint(service: string, port: number): Endpoint & { readonly url: pulumi.Output<string> } {
    const usual = selectorLabels({ name: service, part: MAIN_PART, instance: this.instance });
    const selector = this.#selectors.get(service) ?? usual;
    const purpose = this.catalogue[service]?.namespace ?? "platform";
    const namespace = this.#namespaces.get(purpose);
    if (!namespace) throw new Error(`"${service}" has to be constructed before what asks for its address`);
    const url = pulumi.interpolate`http://${service}.${namespace.name}.svc:${port}`;
    return { peer: { name: service, namespace, selector }, port, url };
  }

  /** Notes the component of a service, for those who wait for it by name. */
  add(service: string, component: pulumi.Resource): void {
    this.#components.set(service, component);
  }

  /** Notes by which labels the pods of a service are found where somebody else makes them: an operator. */
  foundBy(service: string, selector: Labels): void {
    this.#selectors.set(service, selector);
  }

  /** What has to stand before a service works: its component, once that is constructed. */
  componentsOf(service: string): readonly pulumi.Resource[] {
    const component = this.#components.get(service);
    return component ? [component] : [];
  }

  /** The public name of a service that has a page of its own: grafana.home.example.org. */
  host(service: string): string {
    const web = this.catalogue[service]?.web;
    if (!web) throw new Error(`the catalogue names no page of "${service}"`);
    return [web.host, this.config.domain].filter(Boolean).join(".");
  }

  /** The reference of an image, mirrored, pinned or built as the configuration says. */
  image(name: ImageName): pulumi.Output<string> {
    return this.#images.reference(name);
  }

  /** The reference of an image that is not of the platform, mirrored as the configuration says. */
  mirrored(reference: string): string {
    return this.#images.mirrored(reference);
  }
}
