import { count, deepPath, host, port, type Sample, script } from "./sample.ts";

const bySecret = "by the connection string in the secret `database` of the server";
const name = { type: "string", validation: { pattern: "[a-zA-Z_][a-zA-Z0-9_-]{0,62}" } } as const;

/** PostgreSQL. */
export const databaseSamples: readonly Sample[] = [
  {
    name: "Database answers",
    description: `Whether PostgreSQL answers, ${bySecret}.`,
    category: "database",
    action_type: "validation",
    operation: { type: "database_query", connection: "database", query: "select 1", returns: "scalar" },
  },
  {
    name: "Size of databases",
    description: `How large each database is, in MiB, ${bySecret}.`,
    category: "database",
    action_type: "validation",
    operation: {
      type: "database_query",
      connection: "database",
      query: `select datname, pg_database_size(oid) / 1048576 as mib from pg_database
        where has_database_privilege(oid, 'connect') order by 2 desc`,
    },
  },
  {
    name: "Long transactions",
    description: `Fails when a transaction has gone on for longer than some minutes, and shows it, ${bySecret}.`,
    category: "database",
    action_type: "validation",
    operation: {
      type: "database_query",
      connection: "database",
      query: `select pid, usename, state, now() - xact_start as age, left(query, 200) as query from pg_stat_activity
        where pid <> pg_backend_pid() and xact_start < now() - $1::integer * interval '1 minute' order by xact_start`,
      parameters: ["{{minutes}}"],
      expected: { max: 0 },
    },
    parameters: { minutes: count("minutes", 30, 10_080) },
  },
  {
    name: "Database connections",
    description: `Fails when more than nine tenths of the connections that PostgreSQL allows are taken, ${bySecret}.`,
    category: "database",
    action_type: "validation",
    operation: {
      type: "database_query",
      connection: "database",
      query: "select count(*) * 100 / current_setting('max_connections')::integer from pg_stat_activity",
      returns: "scalar",
      expected: { max: 90 },
    },
  },
  {
    name: "Back up a database",
    description: "Writes a PostgreSQL database into a file, by pg_dump; the password is a secret of the orchestrator.",
    category: "database",
    action_type: "maintenance",
    operation: {
      type: "shell_command",
      argv: script(
        `umask 077
mkdir -p -- "$5"
file="$5/$4-$(date --utc +%Y%m%dT%H%M%SZ).dump"
pg_dump --host "$1" --port "$2" --username "$3" --no-password --format custom --file "$file.part" "$4"
mv -- "$file.part" "$file"
ls -l -- "$file"`,
        ["host", "port", "user", "database", "into"],
        "pg_dump",
      ),
      secrets: [{ name: "{{password}}", from: "orchestrator", variable: "PGPASSWORD", as: "value" }],
    },
    parameters: {
      host,
      port: { ...port, default: 5_432 },
      user: name,
      database: name,
      into: deepPath,
      password: { type: "secret" },
    },
    execution_config: { timeout_seconds: 7_200, requires_lock: true },
  },
];
