import { accessSync, constants } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { userInfo } from "node:os";
import { delimiter, isAbsolute, join } from "node:path";
import { hasCode } from "../errors.ts";

/** Where a command that is given by its name is looked for. */
const SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** A command that was found, or what a shell would say of it. */
export type Resolved = { readonly file: string } | { readonly exitCode: 126 | 127; readonly error: string };

/** Finds the file that a command names: an absolute path, or a name on the search path. */
export async function resolveCommand(command: string, host: string): Promise<Resolved> {
  if (command.includes("/") && !isAbsolute(command)) {
    return {
      exitCode: 127,
      error: `${command}: give a name or an absolute path; relative paths lead nowhere on ${host}`,
    };
  }
  const candidates = isAbsolute(command) ? [command] : SEARCH_PATH.split(delimiter).map((dir) => join(dir, command));
  const found: string[] = [];
  for (const file of candidates) {
    if (await isExecutable(file)) return { file };
    if (await exists(file)) found.push(file);
  }
  return found[0] === undefined
    ? { exitCode: 127, error: `${command}: command not found on ${host}` }
    : { exitCode: 126, error: `${found[0]}: not an executable file on ${host}` };
}

/** A program of the system that the agent itself uses, if it is there. */
export async function findProgram(name: string): Promise<string | undefined> {
  const resolved = await resolveCommand(name, "");
  return "file" in resolved ? resolved.file : undefined;
}

/** Where a command belongs: several agents on one machine may run the same execution. */
export interface Place {
  readonly executionId: string;
  readonly serverId: string;
  /** Which attempt of the execution on the server this is, 1 at first. */
  readonly attempt: number;
}

/** The environment of every command: nothing of the agent's own. */
export function commandEnvironment({ executionId, serverId, attempt }: Place, workDir: string): Record<string, string> {
  return {
    PATH: SEARCH_PATH,
    LANG: "C.UTF-8",
    ...whoami(workDir),
    HOMESLICE_EXECUTION_ID: executionId,
    HOMESLICE_SERVER_ID: serverId,
    HOMESLICE_ATTEMPT: String(attempt),
  };
}

/** The variables that are not the same for every command of an agent. */
export const variablesOfAttempt = ["HOMESLICE_EXECUTION_ID", "HOMESLICE_ATTEMPT"] as const;

/** How the processes of an execution are told from others, as it stands in their environment; on one server, or on every one. */
export function executionMarks({ executionId, serverId }: Pick<Place, "executionId"> & Partial<Place>): string[] {
  const server = serverId === undefined ? [] : [`HOMESLICE_SERVER_ID=${serverId}`];
  return [`HOMESLICE_EXECUTION_ID=${executionId}`, ...server];
}

/** Who the agent is, once that was found: the list of users is read for it. */
let account: { HOME: string; USER: string } | undefined;

function whoami(workDir: string): { HOME: string; USER: string } {
  if (account !== undefined) return account;
  try {
    const { homedir, username } = userInfo();
    account = { HOME: homedir, USER: username };
    return account;
  } catch (error) {
    // In a container, the user may have a number and no name.
    if (!hasCode(error, "ERR_SYSTEM_ERROR")) throw error;
    return { HOME: workDir, USER: String(process.getuid?.() ?? "") };
  }
}

async function exists(file: string): Promise<boolean> {
  return await realpath(file).then(
    () => true,
    () => false,
  );
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    if (!(await stat(file)).isFile()) return false;
    // The kernel has it at hand by now: that is sooner asked than handed to another thread.
    accessSync(file, constants.X_OK);
    return true;
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR", "EACCES", "ELOOP", "ENAMETOOLONG")) return false;
    throw error;
  }
}
