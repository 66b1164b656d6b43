import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { type Command, chooseAccount, giveTo } from "./account.ts";
import { findBinaries } from "./binaries.ts";
import { createCluster, hasCluster, type Owner, POSTGRES_ENV } from "./cluster.ts";
import { clearLeftovers, isAccepting, serverCommand } from "./server.ts";

export { POSTGRES_ENV };

/** A data directory that is ready to be served. Started and watched by the caller, as one child process. */
export interface Postgres {
  /** The command that serves it on a port of 127.0.0.1, with settings that go before those of Homeslice. */
  readonly command: (port: number, settings?: Readonly<Record<string, string>>) => Command;
  /** Ends or clears what a crash left behind; to be called before each start. */
  readonly clearLeftovers: () => Promise<void>;
  readonly isAccepting: (pid: number) => boolean;
}

/**
 * Finds PostgreSQL and creates the data directory when there is none.
 *
 * @throws UserError when PostgreSQL cannot run here, or the data directory is of another major version
 */
export async function preparePostgres(directory: string, owner: Owner): Promise<Postgres> {
  const binaries = await findBinaries();
  mkdirSync(dirname(directory), { recursive: true, mode: 0o700 });
  const account = await chooseAccount(dirname(directory), binaries.postgres);
  if (await hasCluster(directory)) await giveTo(account, directory);
  else await createCluster(directory, owner, binaries, account);
  return {
    command: (port, settings) => serverCommand(directory, port, binaries, account, settings),
    clearLeftovers: () => clearLeftovers(directory),
    isAccepting: (pid) => isAccepting(directory, pid),
  };
}
