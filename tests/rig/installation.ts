import { randomBytes, randomUUID } from "node:crypto";
import { closeSync, mkdtempSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NODE_FLAGS } from "@homeslice/orchestrator/nodeFlags.ts";
import { type Client, createClient, DEFAULT_TENANT, mintToken } from "@homeslice/protocol";
import pg from "pg";
import { POSTGRES_ENV, preparePostgres } from "../../cli/local/postgres/index.ts";
import { freePort } from "../../cli/process/freePort.ts";
import { Daemon } from "./daemon.ts";
import { Guard } from "./guard.ts";
import { SmallDisk } from "./smallDisk.ts";

const DATABASE = "homeslice";
const APPS = join(import.meta.dirname, "../../apps");

export interface InstallationOptions {
  /** Settings of PostgreSQL that go before those of local mode. */
  readonly postgres?: Readonly<Record<string, string>>;
  /** Variables of every orchestrator. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Size of a disk of its own for PostgreSQL, in MiB, where such a one is to be had. Default: it has none. */
  readonly databaseDiskMb?: number;
}

/** A whole installation of its own, in real processes on this machine: PostgreSQL, and as many orchestrators as are started. */
export class Installation {
  readonly directory = mkdtempSync(join(tmpdir(), "homeslice-rig-"));
  readonly secret = Buffer.from(randomBytes(48).toString("base64url"));
  readonly guard = new Guard(this.directory);
  readonly postgresPort: number;
  readonly postgres: Daemon;
  /** The disk of PostgreSQL, if it has one of its own, or why not. */
  readonly databaseDisk: SmallDisk | { missing: string };
  readonly #options: InstallationOptions;
  readonly #password: string;
  readonly #pool: pg.Pool;

  /** Prepares everything, and starts PostgreSQL. */
  static async open(options: InstallationOptions = {}): Promise<Installation> {
    const installation = new Installation(options, await freePort());
    await installation.postgres.start();
    return installation;
  }

  private constructor(options: InstallationOptions, postgresPort: number) {
    this.#options = options;
    this.postgresPort = postgresPort;
    this.#password = randomBytes(24).toString("base64url");
    writeFileSync(this.path("password"), this.#password, { mode: 0o600 });
    writeFileSync(this.path("secret"), this.secret, { mode: 0o600 });
    this.databaseDisk =
      options.databaseDiskMb === undefined
        ? { missing: "it was not asked for" }
        : SmallDisk.mount(this.path("database"), options.databaseDiskMb, this.guard);
    this.postgres = this.#postgresDaemon();
    const tenant = `-c homeslice.tenant=${DEFAULT_TENANT}`;
    this.#pool = new pg.Pool({ ...this.database(), options: tenant, max: 16, types: numbers });
    this.#pool.on("error", () => undefined); // its server is killed on purpose
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  /** How to reach the database. */
  database(): { host: string; port: number; user: string; password: string; database: string } {
    return { host: "127.0.0.1", port: this.postgresPort, user: DATABASE, password: this.#password, database: DATABASE };
  }

  /** Defines an orchestrator on a port of its own; `start` starts it. */
  async orchestrator(name: string, environment: Readonly<Record<string, string>> = {}): Promise<OrchestratorDaemon> {
    const port = await freePort();
    return new OrchestratorDaemon(name, this, port, {
      ...process.env,
      HOMESLICE_PORT: String(port),
      HOMESLICE_DATABASE_HOST: "127.0.0.1",
      HOMESLICE_DATABASE_PORT: String(this.postgresPort),
      HOMESLICE_DATABASE_PASSWORD_FILE: this.path("password"),
      HOMESLICE_KEY_FILE: this.path("secret"),
      HOMESLICE_MIGRATE: "true",
      HOMESLICE_LOG_LEVEL: "warn",
      ...this.#options.environment,
      ...environment,
    });
  }

  /** Each token is somebody else's: what one may ask for in a second is limited. */
  async token(): Promise<string> {
    return await mintToken(this.secret, { subject: randomUUID(), role: "admin" }, 86_400);
  }

  async client(url: string, timeoutMs = 30_000, token?: string): Promise<Client> {
    return createClient({ url, token: token ?? (await this.token()), timeoutMs });
  }

  /** Looks into the database behind the orchestrators' back. */
  async query<R extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<R[]> {
    return (await this.#pool.query<R>(text, values)).rows;
  }

  /** A connection of its own, for a COPY or a wait. @see query */
  async connect(): Promise<pg.PoolClient> {
    return await this.#pool.connect();
  }

  /** The end of a log, for messages. */
  log(name: string): string {
    return readFileSync(this.path(`${name}.log`), "utf8").slice(-4_000);
  }

  /** Ends everything and removes the directory. */
  async close(): Promise<void> {
    await this.#pool.end();
    await this.guard.release();
  }

  #postgresDaemon(): Daemon {
    const owner = { name: DATABASE, password: this.#password };
    const prepared = preparePostgres(this.path("database/postgresql"), owner);
    closeSync(openSync(this.path("postgresql.log"), "a"));
    let isAccepting = (_pid: number) => false;
    const prepare = async () => {
      const postgres = await prepared;
      isAccepting = postgres.isAccepting;
      await postgres.clearLeftovers();
      const { file, args, user } = postgres.command(this.postgresPort, this.#options.postgres);
      return { file, args, options: { ...user, env: POSTGRES_ENV, cwd: "/" } };
    };
    const isReady = (pid: number) => isAccepting(pid);
    return new Daemon({ name: "postgresql", prepare, isReady, log: this.path("postgresql.log") }, this.guard);
  }
}

/** bigint columns hold counts, far below 2^53. */
const numbers = {
  getTypeParser: (oid: number, format?: "text" | "binary") =>
    oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format === "binary" ? "text" : format),
};

/** One replica of the orchestrator. */
export class OrchestratorDaemon extends Daemon {
  readonly url: string;

  constructor(name: string, installation: Installation, port: number, env: NodeJS.ProcessEnv) {
    const url = `http://127.0.0.1:${port}`;
    const script = join(APPS, "orchestrator/main.ts");
    super(
      {
        name,
        prepare: async () => ({ file: process.execPath, args: [...NODE_FLAGS, script, "serve"], options: { env } }),
        isReady: async () => await answers(`${url}/readyz`),
        log: installation.path(`${name}.log`),
      },
      installation.guard,
    );
    this.url = url;
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(1_000) })).ok;
  } catch {
    return false; // not listening yet
  }
}
