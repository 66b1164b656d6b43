import type { Config } from "@homeslice/config";
import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  Component,
  type Container,
  dataVolume,
  type Environment,
  exec,
  http,
  job,
  type Link,
  type Running,
  type SecretRef,
  type Server,
  scratch,
  secretFile,
  secretFiles,
  statefulSet,
  type Transform,
  use,
} from "../kit/index.ts";
import { type Account, instances } from "./instances.ts";
import { accountSql, databaseSql, readerSql } from "./sql.ts";
import { hbaConf, postgresqlConf } from "./tuning.ts";
import { versionGuard } from "./version.ts";

export type PostgreSQLArgs = Config["postgresql"] & {
  readonly transform?: { readonly statefulSet?: Transform<kubernetes.apps.v1.StatefulSetArgs> };
};

/** How to reach a database, and as whom. */
export type DatabaseLink = Link<"host" | "port" | "database" | "user", "password">;

const PORT = 5432;
const SUPERUSER = "postgres";
/** Owner of the database that the operator makes first; no service uses it. */
const FIRST_OWNER = "homeslice";
/** The user that the official image was made for. */
export const IMAGE_USER = 999;
const CONFIG = "/etc/postgresql";
const DATA = "/var/lib/postgresql";

/**
 * PostgreSQL: the one transactional store for everything that must last. One instance with a volume of its own, or, with
 * `highAvailability`, several that the operator CloudNativePG replicates.
 *
 * @example
 * const postgresql = new PostgreSQL("postgresql", config.postgresql, environment);
 * new Orchestrator("orchestrator", { ...config.orchestrator, database: postgresql.database("orchestrator") }, environment);
 */
export class PostgreSQL extends Component {
  readonly #args: PostgreSQLArgs;
  readonly #superuser: SecretRef<"password">;
  readonly #server: Running;
  readonly #databases = new Map<string, DatabaseLink>();

  constructor(name: string, args: PostgreSQLArgs, environment: Environment) {
    super("PostgreSQL", name, environment);
    this.#args = args;
    if (args.highAvailability) {
      const superuser = this.#account("superuser", SUPERUSER);
      const owner = { name: FIRST_OWNER, account: this.#account("first-owner", FIRST_OWNER) };
      this.#superuser = superuser;
      this.#server = instances(this, { settings: args, superuser, owner });
    } else {
      this.#superuser = this.#password("superuser");
      const monitor = args.exporter ? this.#password("monitor") : undefined;
      this.#server = this.#createServer(monitor && { exporter: this.#exporter(monitor) });
      if (monitor) this.#provision("monitor", monitor, accountSql, { user: "monitor", grant: "pg_monitor" });
    }
    this.registerOutputs({});
  }

  /** A database with an owner of the same name, made when missing. Nothing else may connect to it. */
  database(name: string): DatabaseLink {
    const secret = this.#password(name);
    const provisioned = this.#provision(name, secret, databaseSql, { user: name, database: name });
    const link = { ...this.#link(name, name, secret), ready: [...this.#server.ready, provisioned] };
    this.#databases.set(name, link);
    return link;
  }

  /** Every database made so far, by name. */
  get databases(): ReadonlyMap<string, DatabaseLink> {
    return this.#databases;
  }

  /** An account that may read every row of every database made so far, and change nothing. */
  reader(name: string): DatabaseLink {
    const secret = this.#password(name);
    const variables = { user: name, databases: [...this.#databases.keys()].join(",") };
    const made = [...this.#databases.values()].flatMap(({ ready }) => ready);
    const provisioned = this.#provision(name, secret, readerSql, variables, made);
    return { ...this.#link("postgres", name, secret), ready: [...this.#server.ready, provisioned] };
  }

  /** An account that sees how the server fares and who is connected, and no row of anybody's. */
  observer(name: string): DatabaseLink {
    const secret = this.#password(name);
    const provisioned = this.#provision(name, secret, accountSql, { user: name, grant: "pg_monitor" });
    return { ...this.#link("postgres", name, secret), ready: [...this.#server.ready, provisioned] };
  }

  #password(suffix: string): SecretRef<"password"> {
    return this.secret(suffix, { password: this.generate(`${suffix}-password`) });
  }

  /** A secret that names its user as well, which the operator reads. */
  #account(suffix: string, user: string): Account {
    return this.secret(suffix, { username: pulumi.output(user), password: this.generate(`${suffix}-password`) });
  }

  #link(database: string, user: string, secret: SecretRef<"password">): DatabaseLink {
    const { host, ready } = this.#server;
    return { peer: this.#server, port: PORT, settings: { host, port: `${PORT}`, database, user }, secret, ready };
  }

  #createServer(beside: Readonly<Record<string, Server>> = {}): Running {
    const ready = ["pg_isready", "--host=127.0.0.1", `--username=${SUPERUSER}`];
    const config = { "postgresql.conf": postgresqlConf(this.#args, CONFIG), "pg_hba.conf": hbaConf };
    return statefulSet(this, {
      size: this.#args.size,
      user: IMAGE_USER,
      graceSeconds: 120,
      before: { "same-version": this.#guard() },
      container: {
        image: this.environment.image("postgresql"),
        args: ["postgres", "-c", `config_file=${CONFIG}/postgresql.conf`],
        env: { POSTGRES_PASSWORD_FILE: secretFile(this.#superuser, "password") },
        ports: { postgresql: PORT },
        mounts: [
          dataVolume(DATA),
          this.files("config", CONFIG, config),
          secretFiles(this.#superuser),
          scratch("/var/run/postgresql"),
          scratch("/tmp"),
          scratch("/dev/shm", "256Mi", "Memory"),
        ],
        // Refusing connections, as during recovery after a crash, is a sign of life: only silence is not.
        health: {
          ready: exec(...ready),
          live: exec("sh", "-c", `${ready.join(" ")}; test $? -le 1`),
          startSeconds: 600,
        },
        resources: this.#args.resources,
      },
      beside,
      transform: this.#args.transform?.statefulSet,
    });
  }

  #guard(): Container {
    return {
      image: this.environment.image("postgresql"),
      command: ["sh", "-euc", versionGuard],
      env: { DATA },
      mounts: [dataVolume(DATA)],
      resources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { cpu: "100m", memory: "64Mi" } },
    };
  }

  #exporter(account: SecretRef<"password">): Server {
    return {
      image: this.environment.image("postgres-exporter"),
      env: {
        DATA_SOURCE_URI: `127.0.0.1:${PORT}/postgres?sslmode=disable`,
        DATA_SOURCE_USER: "monitor",
        DATA_SOURCE_PASS_FILE: secretFile(account, "password"),
      },
      ports: { metrics: 9187 },
      mounts: [secretFiles(account)],
      health: { ready: http("metrics", "/"), live: http("metrics", "/") },
      resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { cpu: "100m", memory: "64Mi" } },
    };
  }

  /** Runs SQL as superuser that brings an account, and what belongs to it, into the state wanted. */
  #provision(
    name: string,
    account: SecretRef<"password">,
    sql: string,
    variables: Readonly<Record<string, string>>,
    after: readonly pulumi.Resource[] = [],
  ) {
    const directory = "/etc/provision";
    return job(this, name, {
      container: {
        image: this.environment.image("postgresql"),
        // psql would take a password file that it cannot read for an empty password.
        command: [
          "sh",
          "-ec",
          `test -s "$ACCOUNT_PASSWORD_FILE"; PGPASSWORD="$(cat "$PGPASSWORD_FILE")" exec psql --no-psqlrc --file=${directory}/provision.sql`,
        ],
        env: { ...asEnvironment(variables), ACCOUNT_PASSWORD_FILE: secretFile(account, "password") },
        mounts: [this.files(`${name}-sql`, directory, { "provision.sql": sql }), secretFiles(account)],
        resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { cpu: "200m", memory: "128Mi" } },
      },
      after,
      uses: [
        use(
          this.#link("postgres", SUPERUSER, this.#superuser),
          { host: "PGHOST", port: "PGPORT", database: "PGDATABASE", user: "PGUSER" },
          { password: "PGPASSWORD_FILE" },
        ),
      ],
    });
  }
}

/** The variables that the SQL reads by `\getenv`. */
function asEnvironment(variables: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [`ACCOUNT_${name.toUpperCase()}`, value]));
}
