import { Kysely, PostgresDialect, sql } from "kysely";
import type { Pool, PoolClient } from "pg";
import type { DatabaseSettings } from "../settings.ts";
import { type Connection, type Database, openPool, type Patience } from "./database.ts";
import { PreparingClient } from "./preparing.ts";
import type { Tables } from "./tables.ts";

/** The setting by which row-level security knows whose rows a connection may see. Without it, it sees none. */
const SETTING = "homeslice.tenant";
/** Its value for the system's own work, which is for all tenants. */
const EVERY_TENANT = "*";
/**
 * Without the first, each connection plans a statement for its values five times before it tries to do without. A plan that
 * was made while the tables were empty stays until they are analyzed: without the second, it reads whole tables for each row.
 */
const PLANNED_ONCE = "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off";

/** Connections, and the views that their users have of the database. */
export interface Databases {
  /** Sees the rows of every tenant: for what the orchestrator does by itself, never for a request. */
  readonly system: Database;
  /** The same, over one connection that plans each statement once: for claims, which take longer to plan than to carry out. */
  readonly claims: Database;
  /** Sees the rows of one tenant, and adds rows to it alone. */
  tenant(tenantId: string): Database;
  close(): Promise<void>;
}

/**
 * Opens the database.
 *
 * @param onError told of connections that break; the pool replaces them
 * @param patience Default: endless
 */
export function openDatabases(
  settings: DatabaseSettings,
  onError: (error: Error) => void,
  patience: Patience = { silenceMs: 0, standstillMs: 0 },
): Databases {
  const pool = openPool({ ...settings, connections: settings.connections - 1 }, onError, patience);
  const claiming = openPool({ ...settings, connections: 1 }, onError, patience, PLANNED_ONCE);
  const views = new Map<string, Database>();
  const scopes: Scopes = new WeakMap();
  const viewOf = (connections: Pool, scope: string) =>
    new Kysely<Tables>({ dialect: new PostgresDialect({ pool: scopedPool(connections, scopes, scope) }) });
  return {
    system: viewOf(pool, EVERY_TENANT),
    claims: viewOf(claiming, EVERY_TENANT),
    tenant: (tenantId) => {
      if (tenantId === EVERY_TENANT) throw new RangeError("that is no tenant");
      const view = views.get(tenantId) ?? viewOf(pool, tenantId);
      views.set(tenantId, view);
      return view;
    },
    close: async () => {
      await Promise.all([pool.end(), claiming.end()]);
    },
  };
}

/** Each connection, and whose rows it sees at the moment: it is told only when that changes. */
type Scopes = WeakMap<PoolClient, { readonly client: PreparingClient; scope?: string }>;

function scopedPool(pool: Pool, scopes: Scopes, scope: string) {
  return {
    options: pool.options,
    end: async () => {},
    connect: async () => {
      const client = await pool.connect();
      const known = scopes.get(client) ?? { client: new PreparingClient(client) };
      scopes.set(client, known);
      if (known.scope === scope) return known.client;
      delete known.scope;
      try {
        await enter(known.client, scope);
      } catch (error) {
        client.release(true);
        throw error;
      }
      known.scope = scope;
      return known.client;
    },
  };
}

/** @throws when it is a connection to a standby: what that shows may be old, and nothing is to be decided by it */
async function enter(client: PreparingClient, scope: string): Promise<void> {
  const text = "select set_config($1, $2, false), pg_is_in_recovery() as standby";
  const { rows } = await client.query<{ standby: boolean }>(text, [SETTING, scope]);
  if (rows[0]?.standby !== false) throw new Error("this PostgreSQL is a standby: the primary is elsewhere");
}

/** Lets the rest of a transaction of the system see one tenant alone: for what it does on behalf of somebody. */
export async function narrowTo(transaction: Connection, tenantId: string): Promise<void> {
  await sql`select set_config(${SETTING}, ${tenantId}, true)`.execute(transaction);
}

/** Whether a row is the tenant's own. Row-level security says the same; this lets an index find them. */
export const ofTenant = sql<boolean>`tenant_id = current_setting('homeslice.tenant')`;
