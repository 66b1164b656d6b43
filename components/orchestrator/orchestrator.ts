import { type Colour, type Config, colours, databaseConnections } from "@homeslice/config";
import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  Component,
  type Container,
  type Environment,
  http,
  instances,
  job,
  type Link,
  MAIN_PART,
  type Mount,
  type Peer,
  type Running,
  type SecretRef,
  scratch,
  secretFile,
  secretFiles,
  selectorLabels,
  serviceFor,
  standardLabels,
  type Transform,
  use,
} from "../kit/index.ts";
import type { DatabaseLink } from "../postgresql/postgresql.ts";
import type { RedisLink } from "../redis/redis.ts";
import { groupRoles, hostAliases, LOGIN_FILES, LOGIN_SETTINGS, type OrchestratorLogin } from "./login.ts";
import { measurements } from "./measurements.ts";
import { outbound, outboundSecrets } from "./outbound.ts";

export type OrchestratorArgs = Config["orchestrator"] & {
  readonly database: DatabaseLink;
  /** Live fan-out between instances. */
  readonly bus: RedisLink;
  /** How people log in; left out, with accounts and tokens of its own alone. */
  readonly login?: OrchestratorLogin | undefined;
  /** Public host name, at which people and programs outside the cluster reach it. */
  readonly host: string;
  /** Where the edge's pods have their addresses: they may say who is calling. */
  readonly trustedProxies: readonly string[];
  readonly transform?: {
    readonly deployment?: Transform<kubernetes.apps.v1.DeploymentArgs>;
    readonly migration?: Transform<kubernetes.batch.v1.JobArgs>;
  };
};

/** How an agent reaches the orchestrator, and the secret with which the agents of this cluster enrol. */
export type OrchestratorLink = Link<"url", "enrolment">;

/** How the definitions of a stack reach it, and the secret with which they prove themselves. */
export type OrchestratorApi = Link<"url", "key">;

const PORT = 8080;
const PORTS = { http: PORT };
/** What a step that runs to its end may use. */
const STEP = { requests: { cpu: "50m", memory: "128Mi" }, limits: { cpu: "1", memory: "256Mi" } };
const TRUST = "/etc/homeslice/trust";

/**
 * The orchestrator: API, queue and scheduler. Any number of instances; the database brought up to date before they roll.
 * Two versions can stand side by side, as colours: the Service leads to the active one, and a change of the active one is
 * made in this order: its instances are ready, a check of them succeeds, the Service leads to them, the others end.
 */
export class Orchestrator extends Component {
  /** The platform's own authority as a file, for the instances of both colours. */
  #trust: Mount | undefined;
  /** Address for people: https://host. */
  readonly publicUrl: string;
  /** The colour that serves. */
  readonly active: Colour;
  readonly #args: OrchestratorArgs;
  readonly #secret: SecretRef<"key" | "enrolment">;
  readonly #outbound: ReturnType<typeof outbound>;
  readonly #measured: ReturnType<typeof measurements>;
  readonly #server: Running;

  constructor(name: string, args: OrchestratorArgs, environment: Environment) {
    super("Orchestrator", name, environment);
    this.publicUrl = `https://${args.host}`;
    this.#args = args;
    this.#secret = this.secret("installation", {
      key: this.generate("key", 64),
      enrolment: this.generate("enrolment", 64),
    });
    const given = outboundSecrets(args);
    // The settings have these secrets: they are never lost with the stack.
    const isGiven = Object.keys(given).length > 0;
    this.#outbound = outbound(args, isGiven ? this.secret("given", given, { protect: false }) : undefined);
    this.#measured = measurements(environment);
    this.active = args.release?.active ?? "blue";
    const serving = this.#serve(this.active, args.replicas, [this.#migrate()]);
    const checked = args.release ? [this.#check(serving, args.release.number)] : [];
    this.#server = this.#lead(this.active, [serving, ...checked]);
    const [retired] = colours.filter((colour) => colour !== this.active && args.release?.[colour]);
    // Its instances would go on with the work of the agents that they are connected to.
    if (retired) this.#serve(retired, 0, this.#server.ready);
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

  /** What the definitions of the stack use to reach it. */
  api(): OrchestratorApi {
    return { ...this.link(), secret: this.#secret };
  }

  /** The image of a colour: what was released to it, or what the settings of all images say. */
  image(colour: Colour): pulumi.Output<string> {
    const released = this.#args.release?.[colour];
    return released ? pulumi.output(released) : this.environment.image("orchestrator");
  }

  /** Brings the schema of the database up to date, once for each version of the image. */
  #migrate(): pulumi.Resource {
    return job(this, "migrate", {
      container: { ...this.#program(this.active, "migrate"), resources: STEP },
      readySeconds: this.#args.readySeconds,
      uses: [this.#database()],
      transform: this.#args.transform?.migration,
    });
  }

  /** The instances of one colour. */
  #serve(colour: Colour, replicas: number, after: readonly pulumi.Resource[]): pulumi.Resource {
    const { login, readySeconds, resources, transform } = this.#args;
    const { controller } = instances(this, {
      colour,
      replicas,
      readySeconds,
      graceSeconds: 60,
      container: {
        ...this.#sending(login ? this.#trusting(colour, login) : this.#program(colour, "serve")),
        ports: PORTS,
        health: { ready: http("http", "/readyz"), live: http("http", "/healthz") },
        resources,
      },
      uses: [this.#database(), this.#bus(), ...(login ? [use(login.link, LOGIN_SETTINGS, LOGIN_FILES)] : [])],
      reaches: this.#measured.reaches,
      outside: this.#outbound.ports,
      after,
      ...(login && { spec: hostAliases(login) }),
      transform: transform?.deployment,
    });
    return controller;
  }

  /** Asks the active colour, by a name of its own, what its users will ask of it; once for each release. */
  #check(serving: pulumi.Resource, release: number): pulumi.Resource {
    const peer = { ...this.#peer(this.active), name: `${this.name}-candidate` };
    const labels = standardLabels(this.identity("candidate"));
    const service = serviceFor(this, { ...peer, labels, ports: PORTS, after: [serving], headless: true });
    const program = this.#program(this.active, "check");
    const url = pulumi.interpolate`http://${peer.name}.${peer.namespace.name}.svc:${PORT}`;
    return job(this, "check", {
      container: {
        ...program,
        // The number makes it another job for every release, also of an image that was checked before.
        env: { ...program.env, HOMESLICE_CHECK_URL: url, HOMESLICE_CHECK_RELEASE: `${release}` },
        resources: STEP,
      },
      readySeconds: this.#args.readySeconds,
      uses: [this.#database()],
      reaches: [{ peer, port: PORT }],
      after: [service],
    });
  }

  /** The address of the orchestrator, which leads to one colour. */
  #lead(colour: Colour, after: readonly pulumi.Resource[]): Running {
    const { selector } = this.#peer(colour);
    const labels = standardLabels(this.identity(MAIN_PART));
    const service = serviceFor(this, { ...this.#peer(), selector, labels, ports: PORTS, after });
    const host = pulumi.interpolate`${this.name}.${this.namespace.name}.svc`;
    return { ...this.#peer(), host, ready: [...after, service] };
  }

  /** The instances of one colour, or of both: who may talk to one may talk to the other. */
  #peer(colour?: Colour): Peer {
    const identity = { ...this.identity(MAIN_PART), ...(colour && { colour }) };
    return { name: this.name, namespace: this.namespace, selector: selectorLabels(identity) };
  }

  #program(colour: Colour, command: "serve" | "migrate" | "check") {
    return {
      image: this.image(colour),
      args: [command],
      env: {
        HOMESLICE_HOST: "0.0.0.0",
        HOMESLICE_PORT: `${PORT}`,
        HOMESLICE_PUBLIC_URL: this.publicUrl,
        HOMESLICE_TRUSTED_PROXIES: this.#args.trustedProxies.join(","),
        HOMESLICE_ENVIRONMENT: this.environment.config.environment,
        HOMESLICE_DATABASE_CONNECTIONS: `${databaseConnections.orchestrator}`,
        HOMESLICE_KEY_FILE: secretFile(this.#secret, "key"),
        HOMESLICE_CLUSTER_ENROLMENT_FILE: secretFile(this.#secret, "enrolment"),
      },
      mounts: [secretFiles(this.#secret), scratch("/tmp")],
    };
  }

  /** The program, told who may do what, and to trust the platform's own authority. */
  #trusting(colour: Colour, { certificateAuthority }: OrchestratorLogin) {
    const { env, mounts, ...program } = this.#program(colour, "serve");
    const known = { ...env, HOMESLICE_OIDC_ROLES: groupRoles(this.environment.config.access, this.name) };
    if (!certificateAuthority) return { ...program, env: known, mounts };
    this.#trust ??= this.files("trust", TRUST, { "ca.crt": certificateAuthority });
    return { ...program, env: { ...known, NODE_EXTRA_CA_CERTS: `${TRUST}/ca.crt` }, mounts: [...mounts, this.#trust] };
  }

  /** The program, told where secrets of actions are, whom it may tell of what happens, and who measures the platform. */
  #sending<Program extends Pick<Container, "env" | "mounts">>(program: Program) {
    const { env, mounts, secretEnv } = this.#outbound;
    return {
      ...program,
      env: { ...program.env, ...env, ...this.#measured.env },
      mounts: [...(program.mounts ?? []), ...mounts],
      ...(Object.keys(secretEnv).length > 0 && { secretEnv }),
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
