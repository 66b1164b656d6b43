/**
 * PostgreSQL refuses to run as root. Started by root, it gets a user namespace in which root's own uid has another
 * number: it sees itself as an ordinary user, and root's files stay reachable, also below directories that only root
 * may enter. Where the kernel or a container forbids that, it runs as the system user `postgres`.
 */
import { execFile, spawnSync } from "node:child_process";
import { chmodSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { UserError } from "@homeslice/config/errors.ts";

const run = promisify(execFile);

/** What a process is started with. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  /** The user that it runs as, when that is not the one who started Homeslice. */
  readonly user?: SystemUser;
}

export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

/** Who PostgreSQL runs as. */
export type Account =
  | { readonly kind: "self" }
  | { readonly kind: "namespace" }
  | { readonly kind: "user"; readonly user: SystemUser };

/** Any number other than 0 will do: inside the namespace it stands for the uid of root. */
const NAMESPACE = ["--user", "--map-user=1000", "--map-group=1000"];

/** The same command, run by the account. */
export function runAs(account: Account, file: string, args: readonly string[]): Command {
  switch (account.kind) {
    case "self":
      return { file, args };
    case "namespace":
      return { file: "unshare", args: [...NAMESPACE, "--", file, ...args] };
    case "user":
      return { file, args, user: account.user };
  }
}

/** Chooses who PostgreSQL runs as, given the directory that its data directory is in, and a program that it must reach. */
export async function chooseAccount(
  home: string,
  program: string,
  { uid = process.getuid?.(), namespaces = canUseNamespaces }: { uid?: number; namespaces?: () => boolean } = {},
): Promise<Account> {
  if (uid !== 0) return { kind: "self" };
  if (namespaces()) return { kind: "namespace" };
  const user = (await findUser()) ?? (await createUser());
  openTo(user, home);
  assertReachable(user, program);
  assertReachable(user, home);
  return { kind: "user", user };
}

/** Gives a directory and all in it to the account, whoever PostgreSQL ran as before. */
export async function giveTo(account: Account, directory: string): Promise<void> {
  if (account.kind === "self") return;
  const { uid, gid } = account.kind === "user" ? account.user : { uid: 0, gid: 0 };
  if (statSync(directory).uid !== uid) await run("chown", ["-R", `${uid}:${gid}`, directory]);
}

function canUseNamespaces(): boolean {
  return spawnSync("unshare", [...NAMESPACE, "--", process.execPath, "--version"], { stdio: "ignore" }).status === 0;
}

async function findUser(): Promise<SystemUser | undefined> {
  try {
    const [uid, gid] = await Promise.all([run("id", ["-u", "postgres"]), run("id", ["-g", "postgres"])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined; // there is no such user
  }
}

async function createUser(): Promise<SystemUser> {
  let cause: unknown;
  try {
    await run("useradd", ["--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", "postgres"]);
  } catch (error) {
    cause = error;
  }
  const user = await findUser();
  if (user) return user;
  throw new UserError(
    {
      code: "postgresql.root",
      what: "PostgreSQL does not run as root, and this system allows neither a user namespace nor a new user",
      fix: "Start Homeslice as an ordinary user, or create a user named postgres.",
    },
    { cause },
  );
}

/** Lets others pass through the home, without letting them list it. */
function openTo(user: SystemUser, home: string): void {
  if (statSync(home).uid !== user.uid) chmodSync(home, 0o711);
}

function assertReachable({ uid, gid }: SystemUser, path: string): void {
  const { status } = spawnSync("test", ["-x", path], { uid, gid, cwd: "/" });
  if (status === 0) return;
  throw new UserError({
    code: "postgresql.unreachable",
    what: `PostgreSQL does not run as root, and the user postgres may not enter a directory above it`,
    where: path,
    fix: `Start Homeslice as an ordinary user, or move ${dirname(path)} where other users may enter, for example below /opt or /srv.`,
  });
}
