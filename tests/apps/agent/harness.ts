import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Agent, type AgentOptions } from "@homeslice/agent/agent.ts";
import { defaultTimings, systemClock } from "@homeslice/agent/clock.ts";
import { readSettings } from "@homeslice/agent/config/settings.ts";
import { executionMarks } from "@homeslice/agent/jobs/command.ts";
import { ageOf, findProcess } from "@homeslice/agent/jobs/processes.ts";
import { terminate } from "@homeslice/agent/jobs/termination.ts";
import { Vault } from "@homeslice/agent/jobs/vault.ts";
import { createLog } from "@homeslice/agent/log/log.ts";
import { expect } from "vitest";
import { compiled } from "../../support/compiled.ts";
import { LinkPeer } from "./linkPeer.ts";

const main = join(import.meta.dirname, "../../../apps/agent/main.ts");

/** Waits for a condition, not for a time. */
export async function eventually<T>(
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  seconds = 30,
): Promise<T> {
  const deadline = Date.now() + seconds * 1_000;
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > deadline) throw new Error(`not within ${seconds} s: ${probe}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A peer, a state directory, and agents that use them, in this process or in one of their own. */
export class Bench {
  readonly peer: LinkPeer;
  readonly directory: string;
  readonly stateDir: string;
  readonly environment: Record<string, string>;
  readonly #cleanUp: (() => Promise<unknown>)[] = [];
  readonly #agents: Agent[] = [];

  static async open(policy = "commands: all\n"): Promise<Bench> {
    const bench = new Bench(await LinkPeer.start(), await mkdtemp(join(tmpdir(), "homeslice-agent-")));
    await writeFile(bench.path("token"), `${bench.peer.token}\n`);
    await writeFile(bench.path("policy.yaml"), policy);
    return bench;
  }

  private constructor(peer: LinkPeer, directory: string) {
    this.peer = peer;
    this.directory = directory;
    this.stateDir = this.path("state");
    this.environment = {
      HOMESLICE_ORCHESTRATOR_URL: peer.url,
      HOMESLICE_ENROLMENT_TOKEN_FILE: this.path("token"),
      HOMESLICE_STATE_DIR: this.stateDir,
      HOMESLICE_POLICY_FILE: this.path("policy.yaml"),
      HOMESLICE_PORT: "0",
      HOMESLICE_NODE_NAME: "bench",
      HOMESLICE_STANDBY_COMMANDS: "0",
      HOMESLICE_LOG_LEVEL: process.env["HOMESLICE_TEST_LOG"] ?? "silent",
    };
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  /** Directories of sandboxes that wait: each has its files, and none of them a job. */
  async standbys(): Promise<string[]> {
    const jobs = join(this.stateDir, "jobs");
    const names = (await readdir(jobs)).filter((name) => name.startsWith("standby."));
    const sizeOf = (name: string) => statSync(join(jobs, name, "journal.ndjson"), { throwIfNoEntry: false })?.size;
    return names.filter((name) => sizeOf(name) === 0);
  }

  /** Starts an agent in this process and waits until it is connected. */
  async agent(options: AgentOptions = {}): Promise<Agent> {
    const settings = readSettings(this.environment);
    const agent = new Agent(settings, createLog(settings), {
      ...options,
      timings: { grace: 300, reconnectMin: 10, reconnectMax: 50, ...options.timings },
    });
    this.#cleanUp.push(() => agent.stop());
    this.#agents.push(agent);
    await agent.start();
    await eventually(() => agent.ready);
    return agent;
  }

  /** Lets the agents in this process read their policy again. */
  async reload(): Promise<void> {
    for (const agent of this.#agents) await agent.reloadPolicy();
  }

  /** Starts an agent as a process and waits until it is connected. */
  async process(environment: Record<string, string> = {}, program = [main]): Promise<AgentProcess> {
    const connections = this.peer.hellos.length;
    const agent = new AgentProcess({ ...this.environment, ...environment }, program);
    this.#cleanUp.push(() => agent.kill("SIGKILL"));
    await eventually(() => this.peer.hellos.length > connections && this.peer.connected);
    return agent;
  }

  async close(): Promise<void> {
    for (const cleanUp of this.#cleanUp.reverse()) await cleanUp();
    // A command goes on when its agent stops: none is to outlive its test, above all when that fails.
    for (const id of this.peer.executions) {
      await terminate(undefined, executionMarks({ executionId: id }), systemClock, { ...defaultTimings, grace: 0 });
    }
    await this.peer.close();
    await (await Vault.open(this.stateDir)).close();
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** For how many seconds a process has run; 0 when there is none with that number. */
export async function secondsOf(pid: number): Promise<number> {
  const found = await findProcess(pid);
  return found === undefined ? 0 : await ageOf(found);
}

export class AgentProcess {
  readonly child: ChildProcess;
  stderr = "";

  constructor(environment: Record<string, string>, program = [main]) {
    this.child = spawn(process.execPath, program, {
      env: { ...compiled, ...environment },
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.child.stderr?.on("data", (chunk) => {
      this.stderr += chunk;
    });
  }

  /** Resolves when the process is gone, to its exit code. */
  async exited(): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, "exit");
    return this.child.exitCode;
  }

  async kill(signal: NodeJS.Signals): Promise<number | null> {
    this.child.kill(signal);
    return await this.exited();
  }
}

/** Sequence numbers that begin at `first` and have neither gap nor double. */
export function expectGapless(seqs: number[], first = 1): void {
  expect(seqs).toEqual(seqs.map((_, i) => first + i));
}
