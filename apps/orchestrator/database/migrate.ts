import { sql } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import type { DatabaseSettings } from "../settings.ts";
import { type Database, isLockTimeout } from "./database.ts";
import * as initial from "./migrations/0001-initial.ts";
import * as engine from "./migrations/0002-engine.ts";
import * as tenants from "./migrations/0003-tenants.ts";
import * as operationResults from "./migrations/0004-operation-results.ts";
import * as access from "./migrations/0005-access.ts";
import * as versions from "./migrations/0007-versions.ts";
import * as limits from "./migrations/0008-limits.ts";
import * as outputByDay from "./migrations/0009-output-by-day.ts";
import * as schedules from "./migrations/0010-schedules.ts";
import * as approvals from "./migrations/0011-approvals.ts";
import * as notifications from "./migrations/0012-notifications.ts";
import * as historyIndexes from "./migrations/0013-history-indexes.ts";
import * as hooks from "./migrations/0014-hooks.ts";
import * as workflows from "./migrations/0015-workflows.ts";
import * as actionVersions from "./migrations/0017-action-versions.ts";
import * as secrets from "./migrations/0018-secrets.ts";
import * as reports from "./migrations/0020-reports.ts";
import * as startsOfWorkflows from "./migrations/0021-starts-of-workflows.ts";
import * as push from "./migrations/0022-push.ts";
import * as roleBindings from "./migrations/0023-role-bindings.ts";
import * as serversByName from "./migrations/0025-servers-by-name.ts";
import * as drift from "./migrations/0026-drift.ts";
import * as linkEpoch from "./migrations/0027-link-epoch.ts";
import * as lastSuccesses from "./migrations/0028-last-successes.ts";
import { openDatabases } from "./tenancy.ts";

/** Every migration, in order. Names are forever: the database remembers them. */
const migrations: Record<string, Migration> = {
  "0001-initial": initial,
  "0002-engine": engine,
  "0003-tenants": tenants,
  "0004-operation-results": operationResults,
  "0005-access": access,
  "0007-versions": versions,
  "0008-limits": limits,
  "0009-output-by-day": outputByDay,
  "0010-schedules": schedules,
  "0011-approvals": approvals,
  "0012-notifications": notifications,
  "0013-history-indexes": historyIndexes,
  "0014-hooks": hooks,
  "0015-workflows": workflows,
  "0017-action-versions": actionVersions,
  "0018-secrets": secrets,
  "0020-reports": reports,
  "0021-starts-of-workflows": startsOfWorkflows,
  "0022-push": push,
  "0023-role-bindings": roleBindings,
  "0025-servers-by-name": serversByName,
  "0026-drift": drift,
  "0027-link-epoch": linkEpoch,
  "0028-last-successes": lastSuccesses,
};

/** How long a migration waits for a table, in milliseconds: everybody who comes later waits behind it. */
const LOCK_TIMEOUT_MS = 3_000;
/** How often it is tried; in between, those who waited get their turn. */
const ATTEMPTS = 20;

/** The migration, as it runs beside others who use the tables; it may take its time once it has them. */
function considerate({ up }: Migration, lockTimeoutMs: number): Migration {
  return {
    up: async (database) => {
      await sql`set local statement_timeout = 0`.execute(database);
      await sql`set local lock_timeout = ${sql.lit(lockTimeoutMs)}`.execute(database);
      await up(database);
    },
  };
}

function migrator(database: Database, schema: string, lockTimeoutMs = LOCK_TIMEOUT_MS): Migrator {
  const considered = Object.entries(migrations).map(([name, migration]) => [
    name,
    considerate(migration, lockTimeoutMs),
  ]);
  return new Migrator({
    db: database,
    provider: { getMigrations: async () => Object.fromEntries(considered) },
    migrationTableSchema: schema,
  });
}

/**
 * Brings the database up to date; several callers at once wait for each other. A database that a newer version has
 * brought further is left as it is: migrations leave the version before them able to work. Where somebody keeps a table
 * for long, it is tried again and again rather than making everybody wait.
 *
 * @param lockTimeoutMs how long it waits for a table each time. Default: 3 s
 * @returns names of what was applied
 */
export async function migrate(database: Database, schema: string, lockTimeoutMs?: number): Promise<string[]> {
  if ((await pendingMigrations(database, schema)).length === 0) return [];
  await sql`create schema if not exists ${sql.id(schema)}`.execute(database);
  for (let attempt = 1; ; attempt++) {
    const { error, results = [] } = await migrator(database, schema, lockTimeoutMs).migrateToLatest();
    if (error === undefined) {
      return results.filter(({ status }) => status === "Success").map(({ migrationName }) => migrationName);
    }
    if (!isLockTimeout(error) || attempt === ATTEMPTS) throw error;
  }
}

/** The same over connections of its own: a migration may take as long as it takes, and nothing comes from it meanwhile. */
export async function migrateDatabase(settings: DatabaseSettings, onError: (error: Error) => void): Promise<string[]> {
  const databases = openDatabases(settings, onError);
  try {
    return await migrate(databases.system, settings.schema);
  } finally {
    await databases.close();
  }
}

/** Names of the migrations that the database still lacks. */
export async function pendingMigrations(database: Database, schema: string): Promise<string[]> {
  const known = await migrator(database, schema).getMigrations();
  return known.filter(({ executedAt }) => executedAt === undefined).map(({ name }) => name);
}
