import { randomBytes } from "node:crypto";
import { type Settings, startOrchestrator } from "@homeslice/orchestrator";
import { migrateDatabase } from "@homeslice/orchestrator/database/migrate.ts";
import { type Client, createClient, DEFAULT_TENANT, mintToken, type Role } from "@homeslice/protocol";
import pg from "pg";
import { pino } from "pino";
import { afterAll } from "vitest";
import { createPreparedDatabase, createTestDatabase, type TestDatabase } from "../../support/postgres.ts";

/** Fast enough that nothing waits, slow enough that nothing expires by accident on a busy machine. */
const timings = {
  arrivalMs: 30_000,
  heartbeatMs: 1_000,
  sessionMs: 10_000,
  sweepMs: 100,
  pollMs: 200,
  gatherMs: 25,
  acceptMs: 60_000,
  enrolmentMs: 60_000,
  retentionMs: 200,
  silenceMs: 35_000,
  standstillMs: 10_000,
  scheduleMs: 50,
  notifyMs: 50,
  identityMs: 0,
};

/** One installation: a database of its own, and as many orchestrators as are started. */
export class Installation {
  readonly secret = Buffer.from(randomBytes(48).toString("base64url"));
  readonly clusterEnrolment = randomBytes(32).toString("base64url");
  /** Set before `start`, the orchestrators use it as their bus. */
  redis: Settings["redis"];
  /** Settings that are not the usual ones; set before `start`. */
  with: Partial<Settings> = {};
  /** Where the orchestrators log to. Default: nowhere. */
  log = pino({ level: "silent" });
  readonly #database: TestDatabase;
  readonly #stops: (() => Promise<void>)[] = [];

  private constructor(database: TestDatabase) {
    this.#database = database;
  }

  static async create(): Promise<Installation> {
    // Output has room up to the end of the day of the migration; further room is made by an orchestrator that runs.
    const today = new Date().toISOString().slice(0, 10).replaceAll("-", "");
    return new Installation(await createPreparedDatabase(`migrated_${today}`, migrated));
  }

  /** One whose database has nothing yet: no migration has run there. */
  static async createEmpty(): Promise<Installation> {
    return new Installation(await createTestDatabase());
  }

  /** Starts an orchestrator on a free port. */
  async start(overrides: Partial<typeof timings> = {}): Promise<{ url: string; stop: () => Promise<void> }> {
    const orchestrator = await startOrchestrator(this.settings(), this.log, {
      ...timings,
      ...overrides,
    });
    let stopped: Promise<void> | undefined;
    const stop = () => {
      stopped ??= orchestrator.stop();
      return stopped;
    };
    this.#stops.push(stop);
    return { url: orchestrator.url, stop };
  }

  settings(): Settings {
    return {
      host: "127.0.0.1",
      port: 0,
      database: databaseSettings(this.#database),
      redis: this.redis,
      secret: this.secret,
      sealingSecrets: [],
      secretPlaces: { variables: new Map(), directory: undefined },
      clusterEnrolment: this.clusterEnrolment,
      environment: "dev",
      publicUrl: undefined,
      trustedProxies: [],
      corsOrigins: [],
      requestsPerSecond: 0,
      bootstrap: undefined,
      oidc: undefined,
      maxRunning: undefined,
      retention: { executionDays: 0, outputDays: 0, auditDays: 0 },
      mail: undefined,
      notifyNetworks: [],
      prometheusUrl: undefined,
      dashboard: undefined,
      ...this.with,
      migrate: true,
      logLevel: "silent",
    };
  }

  /** Ends every connection that the orchestrators have to their database. */
  async breakConnections(): Promise<void> {
    await this.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
    );
  }

  /** Does something behind the back of the orchestrators. */
  async query(statement: string): Promise<void> {
    await this.rows(statement, "*");
  }

  /** The same, as one tenant (`*` is all of them, the empty string none). */
  async rows(statement: string, tenant: string): Promise<Record<string, unknown>[]> {
    const { host, port, user, password, database } = this.#database;
    const options = `-c homeslice.tenant=${tenant}`;
    const client = new pg.Client({ host, port, user, password, database, options });
    await client.connect();
    try {
      return (await client.query(statement)).rows;
    } finally {
      await client.end();
    }
  }

  async token(role: Role, tenant: string = DEFAULT_TENANT): Promise<string> {
    return await mintToken(this.secret, { subject: `test ${role}`, role, tenant }, 600);
  }

  async client(url: string, role: Role = "admin", tenant: string = DEFAULT_TENANT): Promise<Client> {
    return createClient({ url, token: await this.token(role, tenant) });
  }

  async destroy(): Promise<void> {
    for (const stop of this.#stops) await stop();
    await this.#database.drop();
  }
}

function databaseSettings({ host, port, user, password, database: name }: TestDatabase): Settings["database"] {
  return { host, port, user, password, name, schema: "public", connections: 6 };
}

async function migrated(database: TestDatabase): Promise<void> {
  await migrateDatabase(databaseSettings(database), (error) => {
    throw error;
  });
}

/** An installation for the tests of one file: one orchestrator, and a client of an admin. It ends with them. */
export async function startInstallation(): Promise<{ installation: Installation; url: string; client: Client }> {
  const installation = await Installation.create();
  afterAll(() => installation.destroy());
  const { url } = await installation.start();
  return { installation, url, client: await installation.client(url) };
}
