import { UserError } from "@homeslice/config/errors.ts";
import { Argv, type ShellCommand } from "@homeslice/protocol/operations/index.ts";
import { localServerId } from "../enrolment.ts";
import { checkLayout, type LocalHome, locateHome } from "../home.ts";
import { parseServer } from "../options.ts";
import { isSupervised, notRunning, readRecord } from "../state.ts";
import { attend } from "./attend.ts";
import { start } from "./start.ts";

/** How long `run` without `--follow` waits for what is out of reach, in milliseconds. */
const CONTACT_LIMIT_MS = 30_000;

export interface RunOptions {
  /** Default: the server that this machine is. */
  readonly server?: string;
  /** Wait for a server or an orchestrator that is out of reach as long as it takes. Default: give up after 30 s. */
  readonly follow?: boolean;
}

/** `run`: runs a command through orchestrator and agent, streams its output, and resolves to its exit code. */
export async function run(argv: readonly string[], { server, follow = false }: RunOptions): Promise<number> {
  const home = locateHome();
  checkLayout(home);
  const record = readRecord(home);
  if (!isSupervised(record)) throw notRunning(home);
  const target = {
    home,
    url: record.url,
    serverId: server === undefined ? ownServer(home) : parseServer(server),
    limitMs: follow ? undefined : CONTACT_LIMIT_MS,
  };
  const execution = await start(target, parseArgv(argv));
  const { exitCode, message } = await attend(target, execution);
  if (message !== undefined) process.stderr.write(`homeslice: ${message}\n`);
  return exitCode;
}

function ownServer(home: LocalHome): string {
  const id = localServerId(home);
  if (id === undefined) throw notRunning(home);
  return id;
}

function parseArgv(words: readonly string[]): ShellCommand["argv"] {
  const argv = Argv.safeParse(words);
  if (argv.success) return argv.data;
  throw new UserError({
    code: "run.command",
    what: `this command cannot be run: ${argv.error.issues.map(({ message }) => message).join("; ")}`,
    fix: "Give the program and its arguments after --, for example: ./homeslice run -- uname -a",
  });
}
