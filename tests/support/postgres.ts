import { randomBytes } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";

/** How to reach a database, as the orchestrator's settings name it. */
export interface TestDatabase {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Ends every connection to it and removes it. */
  drop(): Promise<void>;
}

/** Creates an empty database of its own on the server that runs for the whole test run. */
export function createTestDatabase(): Promise<TestDatabase> {
  return createDatabase("");
}

/**
 * Creates a database of its own that is prepared already. The preparation is done once in the whole test run, by the
 * first who needs it, in a database that all others are copies of.
 */
export async function createPreparedDatabase(
  name: string,
  prepare: (database: TestDatabase) => Promise<void>,
): Promise<TestDatabase> {
  await execute(async (client) => {
    // Until this connection ends, whichever process it is of.
    await client.query("SELECT pg_advisory_lock(hashtext($1))", [name]);
    const { rowCount } = await client.query("SELECT FROM pg_database WHERE datname = $1", [name]);
    if (rowCount !== 0) return;
    const database = await createTestDatabase();
    await prepare(database);
    await client.query(`ALTER DATABASE ${database.database} RENAME TO ${name}`);
  });
  return createDatabase(`TEMPLATE ${name}`);
}

async function createDatabase(options: string): Promise<TestDatabase> {
  const database = `test_${randomBytes(6).toString("hex")}`;
  await execute((client) => client.query(`CREATE DATABASE ${database} ${options}`));
  const drop = () => execute((client) => client.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`));
  return { ...inject("postgres"), database, drop };
}

async function execute(work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ ...inject("postgres"), database: "postgres" });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
