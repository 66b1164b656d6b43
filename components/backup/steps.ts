import type { Config } from "@homeslice/config";
import {
  type Container,
  type Environment,
  ephemeralVolume,
  type Mount,
  scratch,
  type Use,
  use,
  volumeOf,
} from "../kit/index.ts";
import type { DatabaseLink } from "../postgresql/postgresql.ts";
import type { Repository } from "./repository.ts";
import { dumpScript, fetchFilesScript, fetchScript, listScript, loadScript, proveScript } from "./scripts.ts";

/** One step of a pod: it begins when the step before it has succeeded. */
export interface Step {
  readonly name: string;
  readonly container: Container;
  readonly uses: readonly Use[];
}

/** What one service wants backed up. */
export interface Subject {
  readonly service: string;
  readonly databases: readonly string[];
  readonly volume?: { readonly user?: number };
}

interface Accounts {
  readonly databases: ReadonlyMap<string, DatabaseLink>;
  readonly reader: DatabaseLink;
}

/** The volume that the steps of a pod share. */
const STAGING = "/staging";

const databaseFiles = { password: "PGPASSWORD_FILE" } as const;

/** The steps that backups and restores are made of. */
export class Steps {
  readonly #environment: Environment;
  readonly #repository: Repository;
  readonly #args: Config["backup"] & Accounts;

  constructor(environment: Environment, repository: Repository, args: Config["backup"] & Accounts) {
    this.#environment = environment;
    this.#repository = repository;
    this.#args = args;
  }

  /** Dumps the databases of a service that has some. */
  dump({ databases }: Subject): Step[] {
    if (databases.length === 0) return [];
    const settings = { host: "PGHOST", port: "PGPORT", user: "PGUSER", database: "PGDATABASE" };
    const container = this.#container("postgresql", dumpScript, { DATABASES: databases.join(" ") });
    return [{ name: "dump", container, uses: [use(this.#args.reader, settings, databaseFiles)] }];
  }

  /** Brings each database of a service back, as its owner. */
  load({ databases }: Subject): Step[] {
    const settings = { host: "PGHOST", port: "PGPORT", user: "PGUSER", database: "PGDATABASE" };
    return databases.flatMap((database) => {
      const owner = this.#args.databases.get(database);
      const container = this.#container("postgresql", loadScript, {});
      return owner ? [{ name: `load-${database}`, container, uses: [use(owner, settings, databaseFiles)] }] : [];
    });
  }

  /** Fetches the newest snapshot of a service aside, where nothing else is, and loads its databases there. */
  prove({ service, databases, volume }: Subject): Step[] {
    const env = { SERVICE: service, SNAPSHOT: "latest" };
    const fetch = this.#restic("fetch", volume ? fetchFilesScript : fetchScript, env, []);
    if (databases.length === 0) return [fetch];
    const container = this.#container("postgresql", proveScript, { DATABASES: databases.join(" ") });
    return [fetch, { name: "prove", container, uses: [] }];
  }

  /** Runs a script with the repository of a service, and with its volume where it has one. */
  store(name: string, script: string, { service, volume }: Subject, env: Readonly<Record<string, string>> = {}): Step {
    const access = name === "refill" ? "write" : "read";
    const mounts = volume ? [volumeOf(service, `${STAGING}/volume`, access)] : [];
    return this.#restic(name, script, { SERVICE: service, ...env }, mounts);
  }

  /** Lists the snapshots of services. */
  list(services: readonly string[]): Step {
    return this.#restic("list", listScript, { SERVICES: services.join(" ") }, []);
  }

  #restic(name: string, script: string, env: Readonly<Record<string, string>>, mounts: readonly Mount[]): Step {
    const { container, uses } = this.#repository;
    const plain = this.#container("restic", script, { RESTIC_CACHE_DIR: "/tmp/cache", ...env, ...container.env });
    return { name, container: { ...plain, mounts: [...plain.mounts, ...container.mounts, ...mounts] }, uses };
  }

  #container(image: "postgresql" | "restic", script: string, env: Container["env"] & {}) {
    const { storageClass } = this.#environment.config.cluster;
    return {
      image: this.#environment.image(image),
      command: ["sh", "-c", script],
      env: { STAGING, ...env },
      mounts: [ephemeralVolume("staging", STAGING, this.#args.staging, storageClass), scratch("/tmp", "512Mi")],
      resources: this.#args.resources,
    };
  }
}
