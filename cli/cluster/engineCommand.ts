import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname } from "node:path";
import type { Readable } from "node:stream";
import { CommandError, ConcurrentUpdateError, StackNotFoundError } from "@pulumi/pulumi/automation/index.js";
import semver from "semver";
import type { Engine } from "../engine/index.ts";
import { startOf } from "../process/alive.ts";

interface Result {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** What a run of the engine leaves for whoever comes after this process was killed. */
export interface EngineFiles {
  /** Names the engine process at work. */
  readonly record: string;
  /** What the engine has said. */
  readonly log: string;
}

/**
 * The operations that change a stack write to a file: on a pipe whose reader was killed the engine would die in the
 * middle of its work, whereas like this it brings it to an end and writes it down.
 */
const LONG: ReadonlySet<string> = new Set(["up", "refresh", "destroy"]);

/**
 * Runs the engine for the Automation API, in place of the SDK's own runner: in a process group of its own, so that a
 * Ctrl-C at the terminal reaches this process alone, which then asks the engine once to come to an end. Were both in
 * one group, the engine would get the signal twice, and the second time means to drop everything.
 */
export class EngineCommand {
  readonly command: string;
  readonly version: semver.SemVer | null;
  readonly #files: EngineFiles;
  #running: ChildProcess | undefined;
  #stopped = false;

  constructor(engine: Engine, files: EngineFiles) {
    this.command = engine.path;
    this.version = semver.parse(engine.version);
    this.#files = files;
  }

  async run(
    args: readonly string[],
    cwd: string,
    additionalEnv: Readonly<Record<string, string>>,
    onOutput?: (text: string) => void,
    onError?: (text: string) => void,
  ): Promise<Result> {
    if (this.#stopped) throw new CommandError("not started: a stop was asked for");
    const log = LONG.has(args[0] ?? "") ? openSync(this.#files.log, "w+", 0o600) : undefined;
    try {
      const child = this.#start(args, cwd, additionalEnv, log);
      const stdout = collected(child.stdout, onOutput);
      const stderr = collected(child.stderr, onError);
      const code = await new Promise<number>((resolve, reject) => {
        child.once("error", reject);
        child.once("close", (status) => resolve(status ?? -1));
      });
      const written = log === undefined ? "" : readFileSync(this.#files.log, "utf8");
      const result = { stdout: stdout.join(""), stderr: stderr.join("") + written, code };
      if (code !== 0) throw commandError(args, result);
      return result;
    } finally {
      if (log !== undefined) closeSync(log);
      this.#running = undefined;
      rmSync(this.#files.record, { force: true });
    }
  }

  /**
   * Asks the engine to finish what it has begun and to begin nothing more; asked twice, it stops at once. It is not
   * started again either, should this come between two of its commands.
   */
  interrupt(): void {
    this.#stopped = true;
    this.#running?.kill("SIGINT");
  }

  #start(
    args: readonly string[],
    cwd: string,
    env: Readonly<Record<string, string>>,
    log: number | undefined,
  ): ChildProcess {
    const child = spawn(this.command, [...args, "--non-interactive"], {
      cwd,
      detached: true,
      stdio: ["ignore", log ?? "pipe", log ?? "pipe"],
      env: {
        ...process.env,
        ...env,
        PATH: `${dirname(this.command)}${delimiter}${process.env["PATH"] ?? ""}`,
        PULUMI_AUTOMATION_API: "true",
        // Its memory is short-lived: collecting it less often saves a sixth of the engine's time.
        GOGC: process.env["GOGC"] ?? "400",
      },
    });
    this.#running = child;
    if (child.pid) writeFileSync(this.#files.record, JSON.stringify({ pid: child.pid, start: startOf(child.pid) }));
    return child;
  }
}

/** The texts that a stream has brought so far. */
function collected(stream: Readable | null, listener: ((text: string) => void) | undefined): string[] {
  const texts: string[] = [];
  stream?.setEncoding("utf8").on("data", (text: string) => {
    texts.push(text);
    listener?.(text);
  });
  return texts;
}

/** The error classes that the SDK tells cases apart by. */
function commandError(args: readonly string[], { stdout, stderr, code }: Result): CommandError {
  const text = `pulumi ${args[0]} ended with exit code ${code}\n${stderr}\n${stdout}`.trim();
  if (/no stack named.*found/.test(stderr)) return new StackNotFoundError(text);
  if (/the stack is currently locked by|\[409\] Conflict/.test(stderr)) return new ConcurrentUpdateError(text);
  return new CommandError(text);
}
