import { type Config, databaseConnections } from "@homeslice/config";
import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  Component,
  deployment,
  type Environment,
  http,
  job,
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
import type { RedisLink } from "../redis/redis.ts";

export type OrchestratorArgs = Config["orchestrator"] & {
  readonly database: DatabaseLink;
  /** Live fan-out between instances. */
  readonly bus: RedisLink;
  /** Public host name, at which people and programs outside the cluster reach it. */
  readonly host: string;
  readonly transform?: {
    readonly deployment?: Transform<kubernetes.apps.v1.DeploymentArgs>;
    readonly migration?: Transform<kubernetes.batch.v1.JobArgs>;
  };
};

/** How an agent reaches the orchestrator, and the secret with which the agents of this cluster enrol. */
export type OrchestratorLink = Link<"url", "enrolment">;

const PORT = 8080;

/** The orchestrator: API, queue and scheduler. Any number of instances; the database brought up to date before they roll. */
export class Orchestrator extends Component {
  /** Address for people: https://host. */
  readonly publicUrl: string;
  readonly #args: OrchestratorArgs;
  readonly #secret: SecretRef<"key" | "enrolment">;
  readonly #server: Running;

  constructor(name: string, args: OrchestratorArgs, environment: Environment) {
    super("Orchestrator", name, environment);
    this.publicUrl = `https://${args.host}`;
    this.#args = args;
    this.#secret = this.secret("installation", {
      key: this.generate("key", 64),
      enrolment: this.generate("enrolment", 64),
    });
    const migrated = this.#migrate();
    this.#server = this.#serve(migrated);
    this.registerOutputs({});
  }

  /** Address inside the cluster: http://host:port. */
  get address(): pulumi.Output<string> {
    return pulumi.interpolate`http://${this.#server.host}:${PORT}`;
  }

  /** What an agent uses to dial in. */
  link(): OrchestratorLink {
    const { ready } = this.#server;
    return { peer: this.#server, port: PORT, settings: { url: this.address }, secret: this.#secret, ready };
  }

  /** Brings the schema of the database up to date, once for each version of the image. */
  #migrate(): pulumi.Resource {
    return job(this, "migrate", {
      container: {
        ...this.#program("migrate"),
        resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { cpu: "1", memory: "256Mi" } },
      },
      uses: [this.#database()],
      transform: this.#args.transform?.migration,
    });
  }

  #serve(migrated: pulumi.Resource): Running {
    return deployment(this, {
      replicas: this.#args.replicas,
      graceSeconds: 60,
      container: {
        ...this.#program("serve"),
        ports: { http: PORT },
        health: { ready: http("http", "/readyz"), live: http("http", "/healthz") },
        resources: this.#args.resources,
      },
      uses: [this.#database(), this.#bus()],
      after: [migrated],
      transform: this.#args.transform?.deployment,
    });
  }

  #program(command: "serve" | "migrate") {
    return {
      image: this.environment.image("orchestrator"),
      args: [command],
      env: {
        HOMESLICE_HOST: "0.0.0.0",
        HOMESLICE_PORT: `${PORT}`,
        HOMESLICE_ENVIRONMENT: this.environment.config.environment,
        HOMESLICE_DATABASE_CONNECTIONS: `${databaseConnections.orchestrator}`,
        HOMESLICE_KEY_FILE: secretFile(this.#secret, "key"),
        HOMESLICE_CLUSTER_ENROLMENT_FILE: secretFile(this.#secret, "enrolment"),
      },
      mounts: [secretFiles(this.#secret), scratch("/tmp")],
    };
  }

  #database() {
    const settings = {
      host: "HOMESLICE_DATABASE_HOST",
      port: "HOMESLICE_DATABASE_PORT",
      database: "HOMESLICE_DATABASE_NAME",
      user: "HOMESLICE_DATABASE_USER",
    };
    return use(this.#args.database, settings, { password: "HOMESLICE_DATABASE_PASSWORD_FILE" });
  }

  #bus() {
    const settings = { host: "HOMESLICE_REDIS_HOST", port: "HOMESLICE_REDIS_PORT" };
    return use(this.#args.bus, settings, { password: "HOMESLICE_REDIS_PASSWORD_FILE" });
  }
}
