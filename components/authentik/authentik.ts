import type { Config } from "@homeslice/config";
import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  Component,
  type Container,
  type Declaration,
  deployment,
  type Endpoint,
  type Environment,
  exec,
  http,
  type Link,
  type Running,
  type SecretRef,
  scratch,
  secretFile,
  secretFiles,
  type Transform,
  use,
} from "../kit/index.ts";
import type { DatabaseLink } from "../postgresql/postgresql.ts";
import { environmentOf, valueIn } from "./environment.ts";

export type AuthentikArgs = Config["authentik"] & {
  readonly database: DatabaseLink;
  readonly transform?: {
    readonly server?: Transform<kubernetes.apps.v1.DeploymentArgs>;
    readonly worker?: Transform<kubernetes.apps.v1.DeploymentArgs>;
  };
};

/** How to reach Authentik, inside the cluster and outside, and as which administrator. */
export type AuthentikLink = Link<"url" | "publicUrl", "bootstrap-token">;

const PORT = 9000;
const METRICS = 9300;
/** The user that the official image was made for. */
const IMAGE_USER = 1000;

/**
 * Authentik: who people are, and one login for all services. Servers answer, workers do the rest: what a first start
 * needs (flows, the administrator and its token) is the workers' doing. Switched off, its keys and its database stay,
 * for neither is worth anything without the other.
 */
export class Authentik extends Component {
  readonly #args: AuthentikArgs;
  readonly #keys: SecretRef<"secret-key" | "bootstrap-token" | "bootstrap-password">;
  readonly #running: Readonly<Record<"server" | "worker", Running>> | undefined;

  constructor(name: string, args: AuthentikArgs, environment: Environment) {
    super("Authentik", name, environment);
    this.#args = args;
    this.#keys = this.secret("keys", {
      "secret-key": this.generate("secret-key", 64),
      "bootstrap-token": this.generate("bootstrap-token", 64),
      "bootstrap-password": this.generate("bootstrap-password"),
    });
    if (args.enabled) this.#running = { server: this.#serve(), worker: this.#work() };
    this.registerOutputs({});
  }

  /** Address for people: https://host. */
  get publicUrl(): string {
    return `https://${this.environment.host(this.name)}`;
  }

  /** Where its API and its token endpoint answer, and who may do everything there; undefined while it is switched off. */
  link(): AuthentikLink | undefined {
    if (!this.#running) return undefined;
    const { server, worker } = this.#running;
    const settings = { url: pulumi.interpolate`http://${server.host}:${PORT}`, publicUrl: this.publicUrl };
    return { peer: server, port: PORT, settings, secret: this.#keys, ready: [...server.ready, ...worker.ready] };
  }

  #serve(): Running {
    return deployment(this, {
      ...this.#pods(),
      container: {
        ...this.#program("server"),
        ports: { http: PORT, metrics: METRICS },
        health: {
          ready: http("http", "/-/health/ready/"),
          live: http("http", "/-/health/live/"),
          startSeconds: 600,
        },
      },
      transform: this.#args.transform?.server,
    });
  }

  #work(): Running {
    const healthy = exec("ak", "healthcheck");
    return deployment(this, {
      ...this.#pods(),
      part: "worker",
      reaches: this.#args.signOn ? this.#toldOfLogouts() : [],
      container: {
        ...this.#program("worker"),
        ports: { metrics: METRICS },
        health: { ready: healthy, live: healthy, startSeconds: 600 },
        // Authentik reads these two from nothing but the environment, and only while it has no administrator yet.
        secretEnv: {
          AUTHENTIK_BOOTSTRAP_TOKEN: { secret: this.#keys, key: "bootstrap-token" },
          AUTHENTIK_BOOTSTRAP_PASSWORD: { secret: this.#keys, key: "bootstrap-password" },
        },
      },
      transform: this.#args.transform?.worker,
    });
  }

  /** The services that it tells whose sessions are over. */
  #toldOfLogouts(): Endpoint[] {
    return Object.entries<Declaration>(this.environment.catalogue).flatMap(([service, { web }]) =>
      web?.access.by === "oidc" && web.access.logout ? [this.environment.endpoint(service, web.port)] : [],
    );
  }

  #pods() {
    const settings = {
      host: "AUTHENTIK_POSTGRESQL__HOST",
      port: "AUTHENTIK_POSTGRESQL__PORT",
      database: "AUTHENTIK_POSTGRESQL__NAME",
      user: "AUTHENTIK_POSTGRESQL__USER",
    };
    const { replicas, database } = this.#args;
    const uses = [use(database, settings, { password: "AUTHENTIK_POSTGRESQL__PASSWORD" }, valueIn)];
    return { replicas, user: IMAGE_USER, graceSeconds: 60, uses };
  }

  #program(command: "server" | "worker"): Container {
    const { resources, trustedProxies } = this.#args;
    const key = secretFile(this.#keys, "secret-key");
    return {
      image: this.environment.image("authentik"),
      args: [command],
      env: environmentOf({ publicUrl: this.publicUrl, trustedProxies, key, port: PORT, metrics: METRICS }),
      // Sockets, heartbeat and the counters that its processes share are in /dev/shm. Nothing it uploads would last:
      // without a volume at /data it refuses uploads, and icons are named by their addresses.
      mounts: [secretFiles(this.#keys, ["secret-key"]), scratch("/dev/shm", "256Mi", "Memory"), scratch("/tmp")],
      resources,
    };
  }
}
