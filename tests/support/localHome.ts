import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { freePort } from "../../cli/process/freePort.ts";

const MAIN = join(import.meta.dirname, "../../cli/main.ts");

/** How one call of the command line ended. */
export interface CallResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A call of the command line that goes on. */
export interface Call {
  readonly child: ChildProcess;
  /** What it printed so far. */
  readonly output: { stdout: string; stderr: string };
  readonly result: Promise<CallResult>;
}

const Status = z.object({
  ready: z.boolean(),
  url: z.string().nullable(),
  home: z.string(),
  components: z.array(
    z.object({ name: z.string(), state: z.string(), pid: z.int().nullable(), since: z.string().nullable() }),
  ),
});
export type Status = z.infer<typeof Status>;

/** A directory of its own for local mode, and the command line that works on it. */
export class LocalTestHome {
  readonly directory = mkdtempSync(join(tmpdir(), "homeslice-local-"));
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
  readonly #calls: ChildProcess[] = [];

  constructor(env: NodeJS.ProcessEnv = {}) {
    this.home = join(this.directory, "home");
    this.env = { ...process.env, HOMESLICE_HOME: this.home, ...env };
  }

  /** Starts a command; for those that are waited for, `call` is shorter. */
  begin(...args: readonly string[]): Call {
    const child = spawn(process.execPath, [MAIN, ...args], { env: this.env, stdio: ["ignore", "pipe", "pipe"] });
    this.#calls.push(child);
    const output = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output.stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      output.stderr += text;
    });
    const result = once(child, "close").then(() => ({ code: child.exitCode, ...output }));
    return { child, output, result };
  }

  async call(...args: readonly string[]): Promise<CallResult> {
    return await this.begin(...args).result;
  }

  /** Starts local mode on a free port. @returns the URL of the orchestrator */
  async up(): Promise<string> {
    const { code, stderr } = await this.call("up", "--detach", "--port", String(await freePort()));
    if (code !== 0) throw new Error(`up failed: ${stderr}`);
    const { url } = await this.status();
    return url ?? "";
  }

  async status(): Promise<Status> {
    const { stdout } = await this.call("status", "--json");
    return Status.parse(JSON.parse(stdout));
  }

  /** The process id of a component that runs. */
  async pidOf(component: string): Promise<number> {
    const { components } = await this.status();
    const pid = components.find(({ name }) => name === component)?.pid;
    if (!pid) throw new Error(`${component} does not run`);
    return pid;
  }

  supervisorPid(): number {
    const record = z.object({ supervisor: z.object({ pid: z.int() }) });
    return record.parse(JSON.parse(readFileSync(join(this.home, "state.json"), "utf8"))).supervisor.pid;
  }

  /** Ends what runs, also after a test that failed half way. */
  async dispose(): Promise<void> {
    for (const child of this.#calls) child.kill("SIGKILL");
    await this.call("down");
    rmSync(this.directory, { recursive: true, force: true });
  }
}
