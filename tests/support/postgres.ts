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
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = inject("postgres");
  const database = `test_${randomBytes(6).toString("hex")}`;
  await execute(`CREATE DATABASE ${database}`);
  return { ...server, database, drop: () => execute(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`) };
}

async function execute(statement: string): Promise<void> {
  const client = new pg.Client({ ...inject("postgres"), database: "postgres" });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
