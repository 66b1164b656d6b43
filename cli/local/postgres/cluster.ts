import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "@homeslice/config/errors.ts";
import { type Account, type Command, giveTo, runAs } from "./account.ts";
import { type Binaries, POSTGRES_MAJOR } from "./binaries.ts";

/** The role that owns the one database; both have the same name. It is no superuser, so row-level security binds it. */
export interface Owner {
  readonly name: string;
  readonly password: string;
  /** Whether it may create further databases. Default false. */
  readonly createDatabases?: boolean;
}

/** Nobody enters without a password, and only from this machine. */
const ACCESS_RULES = "host all all 127.0.0.1/32 scram-sha-256\n";

const INITDB_ARGS = [
  "--username=postgres",
  "--auth=reject", // replaced by ACCESS_RULES
  "--encoding=UTF8",
  "--locale=C",
  "--locale-provider=builtin",
  "--builtin-locale=C.UTF-8", // the same order and letter case on every system
  "--data-checksums",
  "--no-instructions",
];

/** Whether there is a data directory. @throws UserError `postgresql.version` when it is of another major version */
export async function hasCluster(directory: string): Promise<boolean> {
  let version: string;
  try {
    version = (await readFile(join(directory, "PG_VERSION"), "utf8")).trim();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
    throw error;
  }
  if (version === POSTGRES_MAJOR) return true;
  throw new UserError({
    code: "postgresql.version",
    what: `its data is of PostgreSQL ${version}, this Homeslice brings PostgreSQL ${POSTGRES_MAJOR}`,
    where: directory,
    fix: `Start it with the release of Homeslice that wrote it, or set HOMESLICE_HOME to another directory.`,
  });
}

/** Creates a data directory with the owner's database. It appears whole or not at all, whenever this is interrupted. */
export async function createCluster(
  directory: string,
  owner: Owner,
  binaries: Binaries,
  account: Account,
): Promise<void> {
  const unfinished = `${directory}.new`;
  await rm(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  await giveTo(account, unfinished);
  await execute(runAs(account, binaries.initdb, ["-D", unfinished, ...INITDB_ARGS]), unfinished);
  await writeFile(join(unfinished, "pg_hba.conf"), ACCESS_RULES);
  // Single-user mode needs no server and no password; one statement per line.
  const single = runAs(account, binaries.postgres, ["--single", "-D", unfinished, "postgres"]);
  await execute(single, unfinished, ownerStatements(owner).join("\n"));
  await rename(unfinished, directory);
}

function ownerStatements({ name, password, createDatabases = false }: Owner): readonly string[] {
  const literal = `'${password.replaceAll("'", "''")}'`;
  return [
    `CREATE ROLE ${name} LOGIN ${createDatabases ? "CREATEDB " : ""}PASSWORD ${literal};`,
    `CREATE DATABASE ${name} OWNER ${name};`,
    "",
  ];
}

/** The environment of PostgreSQL's programs: nothing of the caller's, whose PG… and LC_… variables would steer them. */
export const POSTGRES_ENV = { PATH: process.env["PATH"], LC_ALL: "C", TZ: "UTC" };

async function execute(command: Command, directory: string, input = ""): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const options = { env: POSTGRES_ENV, cwd: "/", ...command.user };
  const child = execFile(command.file, [...command.args], options, (error, stdout, stderr) => {
    // Single-user mode goes on after a statement that failed.
    if (error || /\b(ERROR|FATAL|PANIC):/.test(stderr)) reject(cannotCreate(directory, stderr || stdout, error));
    else resolve();
  });
  child.stdin?.end(input);
  await promise;
}

function cannotCreate(directory: string, output: string, cause: Error | null): UserError {
  const reason = output.split("\n").filter((line) => /error|fatal|panic/i.test(line));
  return new UserError(
    {
      code: "postgresql.create",
      what: `the database could not be created: ${(reason.join("; ") || cause?.message) ?? output}`,
      where: directory,
      fix: /no space left/i.test(output)
        ? "Free some space on this disk, then run this again."
        : "Mend what PostgreSQL says, then run this again.",
    },
    { cause },
  );
}
