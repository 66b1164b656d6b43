import { type ChildProcess, spawn } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname } from "node:path";
import { CommandError, ConcurrentUpdateError, StackNotFoundError } from "@pulumi/pulumi/automation/index.js";
import semver from "semver";
import type { Engine } from "../engine/index.ts";
import { startOf } from "../process/alive.ts";

interface Result {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/**
 * Runs the engine for the Automation API, in place of the SDK's own runner: in a process group of its own, so that a
 * Ctrl-C at the terminal reaches this process alone, which then asks the engine once to come to an end. Were both in
 * one group, the engine would get the signal twice, and the second time means to drop everything.
 */
export class EngineCommand {
  readonly command: string;
  readonly version: semver.SemVer | null;
  readonly #record: string;
  #running: ChildProcess | undefined;

  /** `record` is the file that names the engine process at work, for whoever comes after this process was killed. */
  constructor(engine: Engine, record: string) {
    this.command = engine.path;
    this.version = semver.parse(engine.version);
    this.#record = record;
  }

  async run(
    args: readonly string[],
    cwd: string,
    additionalEnv: Readonly<Record<string, string>>,
    onOutput?: (text: string) => void,
    onError?: (text: string) => void,
  ): Promise<Result> {
    const child = spawn(this.command, [...args, "--non-interactive"], {
      cwd,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        ...additionalEnv,
        PATH: `${dirname(this.command)}${delimiter}${process.env["PATH"] ?? ""}`,
        PULUMI_AUTOMATION_API: "true",
      },
    });
    this.#running = child;
    if (child.pid) writeFileSync(this.#record, JSON.stringify({ pid: child.pid, start: startOf(child.pid) }));
    const stdout: string[] = [];
    const stderr: string[] = [];
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout.push(text);
      onOutput?.(text);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr.push(text);
      onError?.(text);
    });
    const code = await new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (status) => resolve(status ?? -1));
    });
    this.#running = undefined;
    rmSync(this.#record, { force: true });
    const result = { stdout: stdout.join(""), stderr: stderr.join(""), code };
    if (code !== 0) throw commandError(args, result);
    return result;
  }

  /** Asks the engine to finish what it has begun and to begin nothing more; asked twice, it stops at once. */
  interrupt(): void {
    this.#running?.kill("SIGINT");
  }
}

/** The error classes that the SDK tells cases apart by. */
function commandError(args: readonly string[], { stdout, stderr, code }: Result): CommandError {
  const text = `pulumi ${args[0]} ended with exit code ${code}\n${stderr}\n${stdout}`.trim();
  if (/no stack named.*found/.test(stderr)) return new StackNotFoundError(text);
  if (/the stack is currently locked by|\[409\] Conflict/.test(stderr)) return new ConcurrentUpdateError(text);
  return new CommandError(text);
}
