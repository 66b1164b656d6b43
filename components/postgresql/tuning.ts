import { bytesOf, type Config } from "@homeslice/config";

type Parameters = Config["postgresql"]["settings"];

/** postgresql.conf of a server whose configuration lies in a directory. */
export function postgresqlConf(args: Config["postgresql"], directory: string): string {
  const settings = {
    listen_addresses: "*",
    hba_file: `${directory}/pg_hba.conf`,
    password_encryption: "scram-sha-256",
    ...tunedParameters(args),
  };
  return lines(Object.entries(settings).map(([name, value]) => `${name} = ${quoted(value)}`));
}

/** Parameters for the memory that a server may use: a quarter for its own cache, the rest for the system's. */
export function tunedParameters(args: Config["postgresql"]): Parameters {
  const memory = megabytes(args.resources.limits.memory);
  return {
    max_connections: args.maxConnections,
    shared_buffers: `${Math.floor(memory / 4)}MB`,
    effective_cache_size: `${Math.floor((memory * 3) / 4)}MB`,
    maintenance_work_mem: `${Math.max(16, Math.floor(memory / 16))}MB`,
    work_mem: `${Math.max(1, Math.floor(memory / 4 / args.maxConnections))}MB`,
    max_wal_size: `${Math.min(2048, Math.max(256, Math.floor(megabytes(args.size) / 8)))}MB`,
    wal_compression: "on",
    random_page_cost: 1.1,
    log_min_duration_statement: "500ms",
    ...args.settings,
  };
}

/** Who may log in: the server's own user over the socket, everybody else with a password. */
export const hbaConf = lines(["local all postgres peer", "host all all all scram-sha-256"]);

function megabytes(size: string): number {
  return Math.floor(bytesOf(size) / 2 ** 20);
}

function quoted(value: string | number | boolean): string {
  return `'${String(value).replaceAll("'", "''")}'`;
}

function lines(entries: readonly string[]): string {
  return `${entries.join("\n")}\n`;
}
