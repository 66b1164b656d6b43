import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { type Account, chooseAccount, giveTo, runAs } from "@homeslice/cli/local/postgres/account.ts";
import { findBinaries } from "@homeslice/cli/local/postgres/binaries.ts";
import { freePort } from "@homeslice/cli/process/freePort.ts";
import type { RenderedContainer } from "./rendered.ts";

const run = promisify(execFile);

/** The files of a container in a directory of this machine, and what names them there. */
export class Sandbox {
  readonly directory = mkdtempSync(join(tmpdir(), "homeslice-container-"));

  /** Puts a file where the container would see it under this path. */
  write(path: string, content: string): string {
    const file = this.here(path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, this.localised(content));
    return file;
  }

  here(path: string): string {
    return join(this.directory, path);
  }

  /** The text with the directories of containers replaced by those of this machine. */
  localised(text: string): string {
    return text.replaceAll(/(?<![\w/])\/(?:etc|run\/secrets)\//g, (path) => `${this.directory}${path}`);
  }

  /** Runs the command of a container as it stands; resolves to what it printed. @param account default: whoever runs this */
  async run(
    { command, env }: RenderedContainer,
    more: Readonly<Record<string, string>>,
    account: Account = { kind: "self" },
  ): Promise<string> {
    const [program = "", ...words] = command.map((word) => this.localised(word));
    const own = Object.fromEntries(env.map(({ name, value = "" }) => [name, this.localised(value)]));
    const { file, args, user } = runAs(account, program, words);
    const { stdout } = await run(file, args, { env: { PATH: process.env["PATH"], ...own, ...more }, ...user });
    return stdout;
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** A real PostgreSQL with a configuration file of ours; `superuser` is the content of the file with its password. */
export async function startPostgresql(
  sandbox: Sandbox,
  config: string,
  password: string,
  programs?: { readonly postgres: string; readonly initdb: string },
) {
  const binaries = programs ?? (await findBinaries());
  const account = await chooseAccount(sandbox.directory, binaries.postgres);
  const data = sandbox.here("data");
  mkdirSync(data, { mode: 0o700 });
  await giveTo(account, data);
  const options = { env: { LC_ALL: "C", PATH: process.env["PATH"] }, cwd: "/" };
  const init = runAs(account, binaries.initdb, [
    "-D",
    data,
    "-U",
    "postgres",
    `--pwfile=${password}`,
    "--auth=scram-sha-256",
  ]);
  await run(init.file, init.args, { ...options, ...init.user });
  const port = await freePort();
  const settings = [`config_file=${config}`, `port=${port}`, "unix_socket_directories=", "listen_addresses=127.0.0.1"];
  const { file, args, user } = runAs(account, binaries.postgres, [
    "-D",
    data,
    ...settings.flatMap((setting) => ["-c", setting]),
  ]);
  const log = sandbox.here("log");
  const child = spawn(file, args, { ...options, ...user, stdio: ["ignore", "ignore", openSync(log, "w")] });
  return { port, log, stop: () => stop(child, "SIGINT") };
}

/** Ends a process and waits until it is gone. */
export async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill(signal);
  await exited;
}
