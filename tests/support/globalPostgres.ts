import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, openSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { POSTGRES_ENV, preparePostgres } from "../../cli/local/postgres/index.ts";
import { freePort } from "../../cli/process/freePort.ts";
import { eventually } from "./eventually.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The one PostgreSQL of the test run; its user may create databases and is no superuser. */
    postgres: { host: string; port: number; user: string; password: string };
  }
}

/**
 * Nothing in a test database has to survive a power failure, and none lasts so long that it has to be vacuumed: while a
 * worker does, its owner may not drop it.
 */
const SETTINGS = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  autovacuum: "off",
  max_connections: "200",
};

/** Starts one real PostgreSQL for the whole test run, and ends it afterwards. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = mkdtempSync(join(tmpdir(), "homeslice-postgres-"));
  const password = randomBytes(24).toString("base64url");
  const postgres = await preparePostgres(join(directory, "data"), {
    name: "homeslice",
    password,
    createDatabases: true,
  });
  const port = await freePort();
  const { file, args, user } = postgres.command(port, SETTINGS);
  const log = join(directory, "log");
  const child = spawn(file, args, {
    ...user,
    env: POSTGRES_ENV,
    cwd: "/",
    stdio: ["ignore", "ignore", openSync(log, "w")],
  });
  const guard = guardOf(child.pid ?? 0, directory);
  try {
    await eventually(() => postgres.isAccepting(child.pid ?? 0), "PostgreSQL accepts connections");
  } catch (cause) {
    throw new Error(`PostgreSQL did not start: ${readFileSync(log, "utf8")}`, { cause });
  }
  project.provide("postgres", { host: "127.0.0.1", port, user: "homeslice", password });
  return async () => {
    guard.stdin?.end();
    await once(guard, "exit");
  };
}

/** Ends the server and removes its directory when this process closes the pipe or dies, however that happens. */
function guardOf(pid: number, directory: string): ChildProcess {
  const script = 'read _; kill -INT "$1"; while kill -0 "$1"; do sleep 0.05; done 2>/dev/null; rm -rf "$2"';
  return spawn("sh", ["-c", script, "sh", String(pid), directory], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
}
