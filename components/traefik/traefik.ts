import type { Config } from "@homeslice/config";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Certificate } from "../certificates/authority.ts";
import {
  API_PORTS,
  allowApi,
  apiToken,
  Component,
  dataVolume,
  deployment,
  type Endpoint,
  type Environment,
  http,
  openToEveryone,
  type Running,
  type SecretRef,
  scratch,
  secretFile,
  secretFiles,
  statefulSet,
  type Transform,
} from "../kit/index.ts";
import { banDirectory, banFiles } from "./ban.ts";
import { type CertificateFiles, dynamicConfiguration } from "./dynamic.ts";
import { ACME_DIRECTORY, PORTS, staticConfiguration } from "./static.ts";

export type TraefikArgs = Config["traefik"] & {
  /** The certificate to show, or how to get one by ACME. */
  readonly certificate: Certificate | NonNullable<Config["tls"]["acme"]>;
  /** Where Authentik answers; left out, services behind the sign-on are not published. */
  readonly signOn?: Endpoint | undefined;
  readonly transform?: {
    readonly deployment?: Transform<kubernetes.apps.v1.DeploymentArgs>;
    readonly statefulSet?: Transform<kubernetes.apps.v1.StatefulSetArgs>;
  };
};

const STATIC = "/etc/traefik";
const DYNAMIC = "/etc/traefik-dynamic";
const CERTIFICATE = "/etc/traefik-certificate";
/** The user that the official image was made for. */
const IMAGE_USER = 65_532;

/** Traefik: the edge, in a namespace of its own, because it may read all Secrets of the namespace that it watches. */
export class Traefik extends Component {
  /** Where Authentik answers, if it is there. */
  readonly signOn: Endpoint | undefined;
  /** The class that an Ingress has to name. */
  readonly ingressClass: string;
  /** The services that it has routes to, by name. */
  readonly published: readonly string[];
  /** Where it answers to pods: what a public name leads to inside the cluster. */
  readonly address: pulumi.Output<string | undefined>;
  /** What has to stand before a route works. */
  readonly ready: readonly pulumi.Resource[];
  readonly #args: TraefikArgs;

  constructor(name: string, args: TraefikArgs, environment: Environment) {
    super("Traefik", name, environment, environment.namespace("edge", "restricted"));
    this.#args = args;
    this.signOn = args.signOn;
    this.ingressClass = environment.instance;
    this.published = Object.entries(environment.catalogue)
      .filter(([, { web }]) => web && (web.access.by !== "forward" || args.signOn))
      .map(([service]) => service);
    const ingressClass = this.#createClass();
    const server =
      "certificate" in args.certificate ? this.#serve(args.certificate) : this.#serveByAcme(args.certificate);
    const entrance = openToEveryone(this, server, [PORTS.web, PORTS.websecure]);
    const address = this.#createAddress(server);
    this.address = address.spec.clusterIP;
    this.ready = [...server.ready, ingressClass, entrance, address];
    this.registerOutputs({});
  }

  #createClass(): pulumi.Resource {
    const { namespace: _, ...metadata } = this.metadata(this.ingressClass, "class");
    const spec = { controller: "traefik.io/ingress-controller" };
    return new kubernetes.networking.v1.IngressClass(`${this.name}-class`, { metadata, spec }, { parent: this });
  }

  /** Any number of instances that show one certificate; a renewed one comes in a new ConfigMap, which replaces them. */
  #serve({ certificate, key }: Certificate): Running {
    const secret = this.secret("key", { "tls.key": key });
    const files = { certFile: `${CERTIFICATE}/tls.crt`, keyFile: secretFile(secret, "tls.key") };
    const mounts = [this.files("certificate", CERTIFICATE, { "tls.crt": certificate }), secretFiles(secret)];
    const { replicas, transform } = this.#args;
    return deployment(this, {
      ...this.#workload(files, { mounts }),
      replicas,
      transform: transform?.deployment,
    });
  }

  /** One instance, because the certificates that it gets are on a volume of its own. */
  #serveByAcme({ credentials }: NonNullable<Config["tls"]["acme"]>): Running {
    const values = Object.entries(credentials).map(([variable, value]) => [variable, pulumi.secret(value)] as const);
    const secret = this.secret("dns", Object.fromEntries(values));
    return statefulSet(this, {
      ...this.#workload(undefined, {
        mounts: [secretFiles(secret), dataVolume(ACME_DIRECTORY)],
        env: fileVariables(secret),
      }),
      size: "64Mi",
      transform: this.#args.transform?.statefulSet,
    });
  }

  #workload(
    certificate: CertificateFiles | undefined,
    extra: Pick<Parameters<typeof deployment>[1]["container"], "mounts" | "env">,
  ) {
    const { environment, signOn } = this;
    const { ban, resources } = this.#args;
    const services = this.published.flatMap((service) => {
      const port = environment.catalogue[service]?.web?.port;
      return port === undefined ? [] : environment.endpoint(service, port);
    });
    return {
      user: IMAGE_USER,
      container: {
        image: environment.image("traefik"),
        args: [`--configFile=${STATIC}/traefik.yaml`],
        directory: "/",
        env: extra.env ?? {},
        ports: PORTS,
        mounts: [
          this.files("static", STATIC, { "traefik.yaml": this.#staticFile() }),
          this.files("dynamic", DYNAMIC, { "dynamic.yaml": this.#dynamicFile(certificate) }),
          ...(ban.enabled ? [this.files("ban", banDirectory, banFiles())] : []),
          apiToken(),
          scratch("/tmp"),
          ...(extra.mounts ?? []),
        ],
        health: { ready: http("ping", "/ping"), live: http("ping", "/ping") },
        resources,
      },
      reaches: [...services, ...(signOn ? [signOn] : [])],
      outside: API_PORTS,
      after: this.#allowApi(),
    };
  }

  #staticFile(): pulumi.Output<string> {
    const { tls, traefik } = this.environment.config;
    return this.namespace.name.apply((namespace) =>
      asFile(
        staticConfiguration({
          settings: traefik,
          acme: tls.acme,
          namespace,
          ingressClass: this.ingressClass,
          publishedService: this.#addressName,
          dynamicDirectory: DYNAMIC,
        }),
      ),
    );
  }

  #dynamicFile(certificate: CertificateFiles | undefined) {
    const { domain, traefik } = this.environment.config;
    const { signOn } = this;
    const file = (address: string | undefined) =>
      asFile(dynamicConfiguration({ settings: traefik, domain, certificate, signOn: address }));
    if (!signOn) return file(undefined);
    const { peer, port } = signOn;
    return pulumi.interpolate`http://${peer.name}.${peer.namespace.name}.svc:${port}/outpost.goauthentik.io/auth/traefik`.apply(
      file,
    );
  }

  /** To read Ingresses, with what they name, of its own namespace; and, by the nature of those kinds, classes and nodes. */
  #allowApi(): pulumi.Resource[] {
    const read = ["get", "list", "watch"];
    return allowApi(this, {
      inNamespace: [
        { apiGroups: [""], resources: ["services", "secrets"], verbs: read },
        { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: read },
        { apiGroups: ["networking.k8s.io"], resources: ["ingresses"], verbs: read },
        { apiGroups: ["networking.k8s.io"], resources: ["ingresses/status"], verbs: ["update"] },
      ],
      inCluster: [
        { apiGroups: ["networking.k8s.io"], resources: ["ingressclasses"], verbs: read },
        { apiGroups: [""], resources: ["nodes"], verbs: read },
      ],
    });
  }

  get #addressName(): string {
    return `${this.name}-public`;
  }

  /** The address at which people come in. */
  #createAddress(server: Running): kubernetes.core.v1.Service {
    const { http3, serviceType } = this.#args;
    const secure = { port: 443, targetPort: PORTS.websecure };
    return new kubernetes.core.v1.Service(
      `${this.name}-public`,
      {
        metadata: this.metadata(this.#addressName, "public"),
        spec: {
          type: serviceType,
          // The load balancer asks no node without an instance, so that the client's own address arrives.
          ...(serviceType === "LoadBalancer" && { externalTrafficPolicy: "Local" }),
          selector: server.selector,
          ports: [
            { name: "http", port: 80, targetPort: PORTS.web, protocol: "TCP" },
            { name: "https", ...secure, protocol: "TCP" },
            ...(http3 ? [{ name: "http3", ...secure, protocol: "UDP" }] : []),
          ],
        },
      },
      { parent: this, dependsOn: [...server.ready] },
    );
  }
}

/** The variables by which Traefik's DNS providers take the path of a file for a value. */
function fileVariables(secret: SecretRef): Record<string, string> {
  return Object.fromEntries(Object.keys(secret.values).map((key) => [`${key}_FILE`, secretFile(secret, key)]));
}

/** JSON is YAML. */
function asFile(configuration: object): string {
  return `${JSON.stringify(configuration, undefined, 2)}\n`;
}
