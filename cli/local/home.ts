import { mkdirSync, readFileSync, rmSync, statfsSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { UserError } from "@homeslice/config/errors.ts";
import { replaceFile } from "../process/replaceFile.ts";

/** Number of the layout below. A home of a higher number was written by a newer Homeslice and is left alone. */
export const LAYOUT_VERSION = 1;

/** Free space that a start asks for, in bytes: a new database takes about half of it. */
const MIN_FREE_BYTES = 128 * 1024 * 1024;

/** What local mode keeps, and where. */
export interface LocalHome {
  readonly root: string;
  /** Holds the number of the layout. */
  readonly version: string;
  /** Held by the supervisor as long as it lives. */
  readonly lock: string;
  /** What runs, as the supervisor saw it last. */
  readonly state: string;
  readonly logs: string;
  /** Data directory of PostgreSQL. */
  readonly postgresql: string;
  /** The port that PostgreSQL was given last. */
  readonly postgresqlPort: string;
  readonly databasePassword: string;
  /** The secret of the installation, from which the keys of tokens and jobs are derived. */
  readonly key: string;
  /** Identity and journal of this machine's agent. */
  readonly agent: string;
  /** What this machine's agent may run. */
  readonly agentPolicy: string;
  /** The server that this machine was registered as. */
  readonly server: string;
}

/** The paths of local mode; nothing is touched. `HOMESLICE_HOME`, default `.homeslice` in the checkout. */
export function locateHome(env: NodeJS.ProcessEnv = process.env): LocalHome {
  const root = resolve(env["HOMESLICE_HOME"] || join(import.meta.dirname, "../../.homeslice"));
  const path = (name: string) => join(root, name);
  return {
    root,
    version: path("version"),
    lock: path("supervisor.lock"),
    state: path("state.json"),
    logs: path("logs"),
    postgresql: path("postgresql"),
    postgresqlPort: path("postgresql.port"),
    databasePassword: path("secrets/database-password"),
    key: path("secrets/key"),
    agent: path("agent"),
    agentPolicy: path("agent-policy.yaml"),
    server: path("server.json"),
  };
}

/**
 * Makes the home ready to be written, private to the user.
 *
 * @throws UserError `home.unwritable`, `home.full`, `home.newer`, `home.damaged`
 */
export function prepareHome(home: LocalHome): void {
  checkLayout(home);
  try {
    for (const folder of [home.root, home.logs, join(home.root, "secrets")]) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    }
    replaceFile(home.version, `${LAYOUT_VERSION}\n`, 0o600);
    checkWritable(home);
  } catch (error) {
    throw unusable(home, error);
  }
}

/** @throws UserError when the home is not a directory, or of a layout that this Homeslice does not know */
export function checkLayout(home: LocalHome): void {
  const text = readVersion(home);
  if (text === undefined) return;
  const version = Number(text);
  if (version > LAYOUT_VERSION) {
    throw new UserError({
      code: "home.newer",
      where: home.root,
      what: `was written by a newer Homeslice (layout ${version}; this one knows up to ${LAYOUT_VERSION})`,
      fix: "Update this checkout, or set HOMESLICE_HOME to another directory.",
    });
  }
  if (text.trim() === "" || !Number.isInteger(version) || version < 1) {
    throw new UserError({
      code: "home.damaged",
      where: home.version,
      what: `holds ${JSON.stringify(text.trim())} where the number of a layout belongs`,
      fix: `Write ${LAYOUT_VERSION} into it if this is a home of Homeslice, or set HOMESLICE_HOME to another directory.`,
    });
  }
}

function readVersion(home: LocalHome): string | undefined {
  try {
    return readFileSync(home.version, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw unusable(home, error);
  }
}

/** Writing a little shows what permissions do not: a full or read-only disk, a quota. */
function checkWritable(home: LocalHome): void {
  const probe = join(home.root, `.probe-${process.pid}`);
  try {
    writeFileSync(probe, Buffer.alloc(4096));
  } finally {
    rmSync(probe, { force: true });
  }
  const { bavail, bsize } = statfsSync(home.root);
  if (bavail * bsize < MIN_FREE_BYTES) throw Object.assign(new Error("too little space is left"), { code: "ENOSPC" });
}

function unusable(home: LocalHome, cause: unknown): UserError {
  const [what, fix] = problemOf(home, codeOf(cause));
  const code = codeOf(cause) === "ENOSPC" ? "home.full" : "home.unwritable";
  return new UserError(
    { code, where: home.root, what, fix: `${fix}, or set HOMESLICE_HOME to another directory.` },
    { cause },
  );
}

function problemOf(home: LocalHome, code: string | undefined): readonly [string, string] {
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
      return ["its disk is full", `Free ${MIN_FREE_BYTES / 1024 / 1024} MiB on it`];
    case "ENOTDIR":
    case "EEXIST":
      return [
        isFile(home.root) ? "is not a directory" : "is below something that is not a directory",
        "Move that away",
      ];
    case "EROFS":
      return ["is on a disk that is mounted read-only", "Mount it writable"];
    default:
      return [
        "cannot be written by this user",
        `Make it writable for ${process.env["USER"] ?? "the user of this shell"}`,
      ];
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
