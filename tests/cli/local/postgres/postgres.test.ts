import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { chooseAccount, runAs } from "../../../../cli/local/postgres/account.ts";
import { findBinaries } from "../../../../cli/local/postgres/binaries.ts";
import { POSTGRES_ENV, type Postgres, preparePostgres } from "../../../../cli/local/postgres/index.ts";
import { freePort } from "../../../../cli/process/freePort.ts";
import { eventually } from "../../../support/eventually.ts";

const isRoot = process.getuid?.() === 0;
const owner = { name: "homeslice", password: "it's a password" };

let directory: string;
let data: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "homeslice-postgres-test-"));
  data = join(directory, "closed", "data");
});

afterEach(async () => {
  for (const child of children.splice(0)) {
    if (hasEnded(child)) continue;
    child.kill("SIGINT");
    await once(child, "exit");
  }
  rmSync(directory, { recursive: true, force: true });
});

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

async function serve(postgres: Postgres, port: number): Promise<ChildProcess> {
  await postgres.clearLeftovers();
  const { file, args, user } = postgres.command(port, { fsync: "off" });
  const child = spawn(file, args, { ...user, env: POSTGRES_ENV, cwd: "/", stdio: "ignore" });
  children.push(child);
  const isAccepting = () => postgres.isAccepting(child.pid ?? 0);
  await eventually(() => hasEnded(child) || isAccepting(), "PostgreSQL accepts connections");
  if (hasEnded(child)) throw new Error("PostgreSQL has ended instead");
  return child;
}

async function query(port: number, text: string, password = owner.password): Promise<unknown[]> {
  const client = new pg.Client({ host: "127.0.0.1", port, user: owner.name, database: owner.name, password });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

test("a new data directory below a directory closed to others is served, and asks for the password", async () => {
  mkdirSync(join(directory, "closed"), { mode: 0o700 });
  chmodSync(directory, 0o700);
  const port = await freePort();
  await serve(await preparePostgres(data, owner), port);
  expect(await query(port, "SELECT current_user, 'É' ILIKE 'é' AS folds, pg_is_in_recovery() AS standby")).toEqual([
    { current_user: "homeslice", folds: true, standby: false },
  ]);
  expect(await query(port, "SHOW data_checksums")).toEqual([{ data_checksums: "on" }]);
  await expect(query(port, "SELECT 1", "wrong")).rejects.toThrow("password authentication failed");
});

test("after kill -9 the same data directory is served again, with all that was committed", async () => {
  const postgres = await preparePostgres(data, owner);
  const port = await freePort();
  const first = await serve(postgres, port);
  await query(port, "CREATE TABLE kept AS SELECT 1 AS a");
  first.kill("SIGKILL");
  await once(first, "exit");
  // Its last backends hold the shared memory for a moment: whoever supervises it tries again.
  await eventually(
    () =>
      serve(postgres, port).then(
        () => true,
        () => false,
      ),
    "PostgreSQL starts after a crash",
  );
  expect(await query(port, "SELECT a FROM kept")).toEqual([{ a: 1 }]);
}, 60_000);

test("a server that outlived its supervisor is ended before the next one starts", async () => {
  const postgres = await preparePostgres(data, owner);
  const orphan = await serve(postgres, await freePort());
  const exited = once(orphan, "exit");
  await serve(postgres, await freePort());
  expect(await exited).toEqual([0, null]);
});

test("a lock file whose process id belongs to another program by now does not keep it from starting", async () => {
  const postgres = await preparePostgres(data, owner);
  const child = await serve(postgres, await freePort());
  const lock = readFileSync(join(data, "postmaster.pid"), "utf8");
  child.kill("SIGINT");
  await once(child, "exit");
  writeFileSync(join(data, "postmaster.pid"), lock.replace(/^\d+/, String(process.pid)));
  await serve(postgres, await freePort());
});

test("an interrupted creation is begun anew", async () => {
  mkdirSync(`${data}.new/base`, { recursive: true });
  await preparePostgres(data, owner);
  expect(existsSync(join(data, "PG_VERSION"))).toBe(true);
  expect(existsSync(`${data}.new`)).toBe(false);
});

test("a data directory of another major version is refused and left as it is", async () => {
  mkdirSync(data, { recursive: true });
  writeFileSync(join(data, "PG_VERSION"), "17\n");
  await expect(preparePostgres(data, owner)).rejects.toMatchObject({
    code: "postgresql.version",
    message: expect.stringContaining("is of PostgreSQL 17, this Homeslice brings PostgreSQL 18"),
  });
  expect(readFileSync(join(data, "PG_VERSION"), "utf8")).toBe("17\n");
});

test("a system that no PostgreSQL is packaged for is named", async () => {
  await expect(findBinaries("sunos-sparc")).rejects.toMatchObject({ code: "postgresql.missing" });
});

test("an ordinary user runs PostgreSQL as itself, root in a user namespace", async () => {
  expect(await chooseAccount(directory, "/bin/sh", { uid: 1000 })).toEqual({ kind: "self" });
  const account = await chooseAccount(directory, "/bin/sh", { uid: 0, namespaces: () => true });
  expect(runAs(account, "/bin/initdb", ["-D", "x"])).toMatchObject({ file: "unshare" });
});

test.runIf(isRoot)("where namespaces are forbidden, root runs PostgreSQL as the system user postgres", async () => {
  chmodSync(directory, 0o755);
  const open = join(directory, "open");
  mkdirSync(open, { mode: 0o700 });
  const account = await chooseAccount(open, "/bin/sh", { namespaces: () => false });
  expect(account).toMatchObject({ kind: "user", user: { uid: expect.any(Number) } });
  expect(statSync(open).mode & 0o777).toBe(0o711);
});

test.runIf(isRoot)("where that user may not enter, the directory is named", async () => {
  chmodSync(directory, 0o700);
  const closed = join(directory, "closed");
  mkdirSync(closed);
  await expect(chooseAccount(closed, "/bin/sh", { namespaces: () => false })).rejects.toMatchObject({
    code: "postgresql.unreachable",
    where: closed,
  });
});
