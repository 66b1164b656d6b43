import { Socket } from "node:net";
import type { Kysely, Transaction as KyselyTransaction } from "kysely";
import { DatabaseError, Pool, types } from "pg";
import type { DatabaseSettings } from "../settings.ts";
import type { Tables } from "./tables.ts";

export type Database = Kysely<Tables>;
/** A database or a transaction: what a repository function takes. */
export type Connection = Kysely<Tables> | KyselyTransaction<Tables>;

// bigint columns hold sequence numbers and byte counts, far below 2^53.
types.setTypeParser(types.builtins.INT8, Number);

/** How long a statement may take, in milliseconds: a slow one fails rather than piling up behind itself. */
const STATEMENT_TIMEOUT_MS = 30_000;
const CONNECT_TIMEOUT_MS = 5_000;

/**
 * The connection settings of node-postgres, for the pool and for connections of their own.
 *
 * @param silenceMs how long nothing may pass before a connection is given up; 0 is for ever
 */
export function connectionConfig(settings: DatabaseSettings, silenceMs: number) {
  return {
    stream: () => mortalSocket(silenceMs),
    host: settings.host,
    port: settings.port,
    database: settings.name,
    user: settings.user,
    password: settings.password,
    options: `-c search_path=${settings.schema}`,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    application_name: "homeslice-orchestrator",
  };
}

/**
 * A half-open connection looks like a statement that takes long, and the kernel sees the difference after a quarter of an
 * hour. Of those that wait in a pool, none does so for as long: that closes them before.
 */
function mortalSocket(silenceMs: number): Socket {
  const socket = new Socket();
  return socket.setTimeout(silenceMs, () => socket.destroy(new Error("the database does not answer any more")));
}

/** How long one waits for the other side, in milliseconds; 0 is for ever. */
export interface Patience {
  /** How long the database may say nothing before a connection is given up: longer than any statement may take. */
  readonly silenceMs: number;
  /** How long a transaction may stand still before the database ends it, for the sake of whoever waits for its locks. */
  readonly standstillMs: number;
}

/** Opens a pool of connections. @param onError told of connections that break; the pool replaces them */
export function openPool(settings: DatabaseSettings, onError: (error: Error) => void, patience: Patience): Pool {
  const pool = new Pool({
    ...connectionConfig(settings, patience.silenceMs),
    max: settings.connections,
    pipeline: true,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: patience.standstillMs,
  });
  pool.on("error", onError);
  // A connection that is lent out is nobody's but its own: unheard, its error would end the process.
  pool.on("connect", (client) => client.on("error", onError));
  return pool;
}

/** Whether a statement failed because a value that must be unique is there already. */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === "23505";
}

/** Whether a statement failed because somebody kept a lock for longer than it was to wait. */
export function isLockTimeout(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === "55P03";
}

/** Whether a statement failed because of the values that it was given: the same again would fail again. */
export function isDataError(error: unknown): boolean {
  return error instanceof DatabaseError && /^2[23]/.test(error.code ?? "");
}

/** Times that a transaction is tried that the database gave up for the sake of another one. */
const ATTEMPTS = 5;

/** Runs a transaction; when the database gave it up for another one (deadlock, serialization), runs it again. */
export async function transact<T>(database: Database, work: (transaction: Connection) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await database.transaction().execute(work);
    } catch (error) {
      const gaveWay = error instanceof DatabaseError && (error.code === "40P01" || error.code === "40001");
      if (!gaveWay || attempt === ATTEMPTS) throw error;
    }
  }
}
