import { Authority, EDGE_PORTS, type Endpoint, type Environment, Routes, Traefik } from "@homeslice/components";
import type { Config } from "@homeslice/config";
import type { Output } from "@pulumi/pulumi";

/** What a deployed stack tells of its edge. */
export interface EdgeOutputs {
  /** Addresses for people, by service. */
  readonly urls: Readonly<Record<string, string>>;
  /** The certificate to trust, as PEM, where the stack has an authority of its own. */
  readonly certificateAuthority: Output<string> | undefined;
}

export interface Edge {
  readonly outputs: EdgeOutputs;
  /** Where pods find it; undefined while it is switched off. */
  readonly entrance: (Endpoint & { readonly address: Output<string | undefined> }) | undefined;
  /** Makes the routes, once everything that they lead to is constructed. */
  publish(): void;
}

/** Traefik with its certificate. It comes first, so that others find its namespace; its routes come last. */
export function createEdge(config: Config, environment: Environment): Edge {
  if (!config.traefik.enabled)
    return { outputs: { urls: {}, certificateAuthority: undefined }, entrance: undefined, publish: () => undefined };
  const { domain } = config;
  const authority = config.tls.acme ? undefined : new Authority("certificates", environment);
  const certificate = config.tls.acme ?? authority?.certify("edge", [domain, `*.${domain}`]);
  if (!certificate) throw new Error("a certificate comes by ACME or from an authority");
  const authentik = environment.catalogue["authentik"]?.web;
  const signOn = authentik && environment.endpoint("authentik", authentik.port);
  const traefik = new Traefik("traefik", { ...config.traefik, certificate, signOn }, environment);
  const urls = traefik.published.map((service) => [service, `https://${environment.host(service)}`]);
  return {
    outputs: { urls: Object.fromEntries(urls), certificateAuthority: authority?.certificate },
    entrance: { ...environment.endpoint("traefik", EDGE_PORTS.websecure), address: traefik.address },
    publish: () => void new Routes("routes", { edge: traefik }, environment),
  };
}
