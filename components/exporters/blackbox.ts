import type * as kubernetes from "@pulumi/kubernetes";
import { Component, deployment, type Environment, http, type Transform } from "../kit/index.ts";
import { PORTS as EDGE } from "../traefik/static.ts";

export interface BlackboxExporterArgs {
  readonly transform?: { readonly deployment?: Transform<kubernetes.apps.v1.DeploymentArgs> };
}

const PORT = 9115;
const CONFIG = "/etc/blackbox_exporter";

/** Any success will do. */
export const PAGE_MODULE = "page";
/** A success, or the way to the login. */
export const GUARDED_MODULE = "guarded";

/** Asks the edge for every public address as a browser would, and tells Prometheus what came back. */
export class BlackboxExporter extends Component {
  constructor(name: string, args: BlackboxExporterArgs, environment: Environment) {
    super("BlackboxExporter", name, environment);
    const { acme } = environment.config.tls;
    const trusted = acme !== undefined && !acme.staging;
    deployment(this, {
      replicas: 1,
      container: {
        image: environment.image("blackbox-exporter"),
        args: [`--config.file=${CONFIG}/blackbox.yml`],
        ports: { http: PORT },
        mounts: [this.files("config", CONFIG, { "blackbox.yml": JSON.stringify(blackboxConfig(trusted), null, 2) })],
        health: { ready: http("http", "/-/healthy"), live: http("http", "/-/healthy") },
        resources: { requests: { cpu: "10m", memory: "24Mi" }, limits: { cpu: "200m", memory: "64Mi" } },
      },
      reaches: [environment.endpoint("traefik", EDGE.websecure)],
      transform: args.transform?.deployment,
    });
    this.registerOutputs({});
  }
}

/** @param trusted whether the certificates of the edge are of an authority that everybody trusts */
function blackboxConfig(trusted: boolean) {
  const http = (validStatusCodes?: readonly number[]) => ({
    prober: "http",
    timeout: "8s",
    http: {
      preferred_ip_protocol: "ip4",
      follow_redirects: false,
      fail_if_not_ssl: true,
      ...(!trusted && { tls_config: { insecure_skip_verify: true } }),
      ...(validStatusCodes && { valid_status_codes: [...validStatusCodes] }),
    },
  });
  return { modules: { [PAGE_MODULE]: http(), [GUARDED_MODULE]: http([200, 204, 302, 303, 307, 401]) } };
}
