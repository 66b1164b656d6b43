import { Kysely, PostgresDialect, sql } from "kysely";
import type { Pool, PoolClient } from "pg";
import type { DatabaseSettings } from "../settings.ts";
import { type Connection, type Database, openPool, type Patience } from "./database.ts";
import { type Scope, ScopedClient } from "./scopedClient.ts";
import type { Tables } from "./tables.ts";

/** The setting by which row-level security knows whose rows a connection may see. Without it, it sees none. */
const SETTING = "homeslice.tenant";
/** Its value for the system's own work, which is for all tenants. */
const EVERY_TENANT = "*";
/** How a connection is to plan. */
interface Planning {
  readonly plan_cache_mode: "auto" | "force_generic_plan";
  readonly enable_seqscan: "on" | "off";
}

const USUALLY: Planning = { plan_cache_mode: "auto", enable_seqscan: "on" };
/**
 * Without the first, each connection plans a statement for its values five times before it tries to do without. A plan that
 * was made while the tables were empty stays until they are analyzed: without the second, it reads whole tables for each row.
 */
const ONCE: Planning = { plan_cache_mode: "force_generic_plan", enable_seqscan: "off" };

/** Connections, and the views that their users have of the database. */
export interface Databases {
  /** Sees the rows of every tenant: for what the orchestrator does by itself, never for a request. */
  readonly system: Database;
  /** The same, over one connection that plans each statement once: for claims, which take longer to plan than to carry out. */
  readonly claims: Database;
  /** Sees the rows of one tenant, and adds rows to it alone. */
  tenant(tenantId: string): Database;
  /** The same, and each statement is planned once for a connection: for starts, which claim in their transactions. */
  starts(tenantId: string): Database;
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
  const claiming = openPool({ ...settings, connections: 1 }, onError, patience);
  const clients = new WeakMap<PoolClient, ScopedClient>();
  const viewOf = (connections: Pool, tenant: string, planning = USUALLY) => {
    const scope: Scope = { [SETTING]: tenant, ...planning };
    return new Kysely<Tables>({ dialect: new PostgresDialect({ pool: scopedPool(connections, clients, scope) }) });
  };
  const viewsOfTenants = (planning: Planning) => {
    const views = new Map<string, Database>();
    return (tenantId: string) => {
      if (tenantId === EVERY_TENANT) throw new RangeError("that is no tenant");
      const view = views.get(tenantId) ?? viewOf(pool, tenantId, planning);
      views.set(tenantId, view);
      return view;
    };
  };
  return {
    system: viewOf(pool, EVERY_TENANT),
    claims: viewOf(claiming, EVERY_TENANT, ONCE),
    tenant: viewsOfTenants(USUALLY),
    starts: viewsOfTenants(ONCE),
    close: async () => {
      await Promise.all([pool.end(), claiming.end()]);
    },
  };
}

function scopedPool(pool: Pool, clients: WeakMap<PoolClient, ScopedClient>, scope: Scope) {
  return {
    options: pool.options,
    end: async () => {},
    connect: async () => {
      const client = await pool.connect();
      const scoped = clients.get(client) ?? new ScopedClient(client);
      clients.set(client, scoped);
      return scoped.enter(scope);
    },
  };
}

/** Lets the rest of a transaction of the system see one tenant alone: for what it does on behalf of somebody. */
export async function narrowTo(transaction: Connection, tenantId: string): Promise<void> {
  await sql`select set_config(${SETTING}, ${tenantId}, true)`.execute(transaction);
}

/** Whether a row is the tenant's own. Row-level security says the same; this lets an index find them. */
export const ofTenant = sql<boolean>`tenant_id = current_setting('homeslice.tenant')`;
