import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Component, type Endpoint, type Environment } from "../kit/index.ts";
import type { Traefik } from "./traefik.ts";

export interface RoutesArgs {
  readonly edge: Traefik;
}

/** Path below which the outpost of Authentik answers, on the host of each service behind the sign-on. */
const OUTPOST_PATH = "/outpost.goauthentik.io/";
const ANNOTATION = "traefik.ingress.kubernetes.io/router";

/** A Service in the namespace of the Ingresses that names one in another. */
interface Backend {
  readonly name: string;
  readonly port: number;
}

/** The way from the host name of every service with a page to the service; each is there once the service is ready. */
export class Routes extends Component {
  readonly #edge: Traefik;

  constructor(name: string, { edge }: RoutesArgs, environment: Environment) {
    super("Routes", name, environment, edge.namespace);
    this.#edge = edge;
    const outpost = edge.signOn && this.#backend("outpost", edge.signOn);
    for (const service of edge.published) this.#publish(service, outpost);
    this.registerOutputs({});
  }

  #publish(service: string, outpost: Backend | undefined): void {
    const web = this.environment.catalogue[service]?.web;
    if (!web) return;
    const host = this.environment.host(service);
    const backend = this.#backend(service, this.environment.endpoint(service, web.port));
    const after = [...this.#edge.ready, ...this.environment.componentsOf(service)];
    const route = (name: string, path: string, to: Backend, middlewares: readonly string[]) =>
      this.#ingress(name, { host, path, to, middlewares, after });
    const guard = web.access.by === "forward" ? ["sign-on"] : [];
    route(service, "/", backend, guard);
    for (const [index, path] of (web.logins ?? []).entries()) {
      route(`login-${index}-${service}`, path, backend, ["login-limit", ...guard]);
    }
    if (guard.length > 0 && outpost) route(`outpost-${service}`, OUTPOST_PATH, outpost, []);
  }

  #ingress(name: string, { host, path, to, middlewares, after }: Rule): void {
    const applied = middlewares.map((middleware) => `${middleware}@file`).join(",");
    const annotations = {
      [`${ANNOTATION}.entrypoints`]: "websecure",
      ...(applied && { [`${ANNOTATION}.middlewares`]: applied }),
    };
    const backend = { service: { name: to.name, port: { number: to.port } } };
    new kubernetes.networking.v1.Ingress(
      `${this.name}-${name}`,
      {
        metadata: { ...this.metadata(name, "route"), annotations },
        spec: {
          ingressClassName: this.#edge.ingressClass,
          tls: [{ hosts: [host] }],
          rules: [{ host, http: { paths: [{ path, pathType: "Prefix", backend }] } }],
        },
      },
      { parent: this, dependsOn: [...after] },
    );
  }

  #backend(name: string, { peer, port }: Endpoint): Backend {
    new kubernetes.core.v1.Service(
      `${this.name}-${name}-backend`,
      {
        metadata: this.metadata(name, "backend"),
        spec: {
          type: "ExternalName",
          externalName: pulumi.interpolate`${peer.name}.${peer.namespace.name}.svc`,
          ports: [{ name: "http", port, protocol: "TCP" }],
        },
      },
      { parent: this, dependsOn: [...this.namespace.ready] },
    );
    return { name, port };
  }
}

interface Rule {
  readonly host: string;
  readonly path: string;
  readonly to: Backend;
  readonly middlewares: readonly string[];
  readonly after: readonly pulumi.Resource[];
}
