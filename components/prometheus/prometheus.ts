import { bytesOf, type Config } from "@homeslice/config";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  Component,
  dataVolume,
  type Endpoint,
  type Environment,
  http,
  statefulSet,
  type Transform,
} from "../kit/index.ts";
import { type ProbeTarget, prometheusConfig, type ScrapeTarget } from "./config.ts";
import { ruleFile } from "./rules/alert.ts";
import { alertGroups } from "./rules/index.ts";

export type PrometheusArgs = Config["prometheus"] & {
  readonly transform?: { readonly statefulSet?: Transform<kubernetes.apps.v1.StatefulSetArgs> };
};

const CONFIG = "/etc/prometheus";
const DATA = "/prometheus";
const PORT = 9090;
/** The user that the official image was made for. */
const IMAGE_USER = 65_534;

/** A service of the catalogue and its way to be scraped. */
interface Scrape {
  readonly service: string;
  readonly endpoint: Endpoint;
  readonly path: string;
}

/**
 * Prometheus: the measurements of every service in the catalogue, probes of every public address, and the alert rules.
 * It asks the cluster for nothing: each service gets a name that resolves to all its instances.
 */
export class Prometheus extends Component {
  constructor(name: string, args: PrometheusArgs, environment: Environment) {
    super("Prometheus", name, environment);
    const scrapes = scrapesOf(environment);
    const targets = scrapes.map((scrape) => this.#nameEveryInstance(scrape));
    const rules = alertGroups(scrapes.map(({ service }) => service));
    statefulSet(this, {
      size: args.size,
      user: IMAGE_USER,
      graceSeconds: 120,
      container: {
        image: environment.image("prometheus"),
        args: flags(args, environment.host(name)),
        ports: { http: PORT },
        mounts: [
          dataVolume(DATA),
          this.files("config", CONFIG, {
            "prometheus.yml": this.#config(targets),
            "rules.yml": JSON.stringify(ruleFile(rules, args.runbooks), null, 2),
          }),
        ],
        health: { ready: http("http", "/-/ready"), live: http("http", "/-/healthy"), startSeconds: 600 },
        resources: args.resources,
      },
      reaches: scrapes.map(({ endpoint }) => endpoint),
      transform: args.transform?.statefulSet,
    });
    this.registerOutputs({});
  }

  /** A Service without an address of its own: its name resolves to every instance, ready or not. */
  #nameEveryInstance({ service, endpoint: { peer, port }, path }: Scrape): pulumi.Output<ScrapeTarget> {
    const metadata = this.metadata(`${service}-metrics`, "metrics");
    const { name, namespace } = new kubernetes.core.v1.Service(
      `${this.name}-scrapes-${service}`,
      {
        // Nothing waits for its pods, which may come after it.
        metadata: { ...metadata, namespace: peer.namespace.name, annotations: { "pulumi.com/skipAwait": "true" } },
        spec: {
          clusterIP: "None",
          publishNotReadyAddresses: true,
          selector: peer.selector,
          ports: [{ name: "metrics", port, targetPort: port, protocol: "TCP" }],
        },
      },
      { parent: this },
    ).metadata;
    return pulumi.all([name, namespace]).apply(([host, space]) => ({
      job: service,
      host: `${host}.${space}.svc`,
      port,
      path,
    }));
  }

  #config(scrapes: readonly pulumi.Output<ScrapeTarget>[]): pulumi.Output<string> {
    const { stack } = this.environment.config;
    const probes = probesOf(this.environment);
    const ruleFiles = [`${CONFIG}/rules.yml`];
    const config = pulumi.all([...scrapes]).apply((targets) => prometheusConfig({ stack, targets, probes, ruleFiles }));
    return config.apply((known) => JSON.stringify(known, null, 2));
  }
}

function scrapesOf(environment: Environment): Scrape[] {
  return Object.entries(environment.catalogue).flatMap(([service, { metrics }]) =>
    metrics
      ? [{ service, endpoint: environment.endpoint(service, metrics.port), path: metrics.path ?? "/metrics" }]
      : [],
  );
}

/** Every address that the edge has a route to: without a sign-on, it has none to services behind it. */
function probesOf(environment: Environment): ProbeTarget[] {
  return Object.entries(environment.catalogue).flatMap(([service, { web }]) => {
    const guarded = web?.access.by === "forward";
    if (!web || (guarded && !("authentik" in environment.catalogue))) return [];
    return [{ service, host: environment.host(service), path: web.health ?? "/", guarded }];
  });
}

/** What the image is told on its command line. */
function flags({ size, retentionDays }: PrometheusArgs, host: string): string[] {
  return [
    `--config.file=${CONFIG}/prometheus.yml`,
    `--storage.tsdb.path=${DATA}`,
    `--storage.tsdb.retention.time=${retentionDays}d`,
    `--storage.tsdb.retention.size=${Math.floor((bytesOf(size) / 2 ** 20) * 0.8)}MB`,
    `--web.external-url=https://${host}`,
  ];
}
