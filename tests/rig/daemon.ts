import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { openSync, readFileSync } from "node:fs";
import { eventually } from "../support/eventually.ts";
import type { Guard } from "./guard.ts";

export interface DaemonDefinition {
  readonly name: string;
  /** What is to be started, asked anew at each start. */
  readonly prepare: () => Promise<{
    readonly file: string;
    readonly args: readonly string[];
    readonly options?: SpawnOptions;
  }>;
  readonly isReady: (pid: number) => boolean | Promise<boolean>;
  readonly log: string;
}

/** A process of the installation that can be started, stopped, frozen and killed again and again. */
export class Daemon {
  readonly #definition: DaemonDefinition;
  readonly #guard: Guard;
  #child: ChildProcess | undefined;

  constructor(definition: DaemonDefinition, guard: Guard) {
    this.#definition = definition;
    this.#guard = guard;
  }

  get name(): string {
    return this.#definition.name;
  }

  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error(`${this.#definition.name} does not run`);
    return pid;
  }

  get isRunning(): boolean {
    return this.#child?.exitCode === null && this.#child.signalCode === null;
  }

  /** Starts it; returns when it is ready. */
  async start(): Promise<void> {
    await this.spawn();
    await this.ready();
  }

  /** Starts it, without waiting for anything. */
  async spawn(): Promise<void> {
    const { prepare, log } = this.#definition;
    const { file, args, options } = await prepare();
    const output = openSync(log, "a");
    const child = spawn(file, args, { ...options, stdio: ["ignore", output, output] });
    this.#guard.add(child);
    this.#child = child;
  }

  async ready(): Promise<void> {
    const { name, isReady, log } = this.#definition;
    await eventually(async () => {
      if (!this.isRunning) throw new Error(`${name} ended at its start:\n${readFileSync(log, "utf8").slice(-4_000)}`);
      return await isReady(this.pid);
    }, `${name} is ready`);
  }

  /** Sends a signal, if it runs. */
  signal(name: NodeJS.Signals): void {
    if (this.isRunning) this.#child?.kill(name);
  }

  /** Ends it by a signal, and waits until it is gone. */
  async end(name: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === undefined || !this.isRunning) return;
    const gone = once(child, "exit");
    child.kill(name);
    await gone;
  }
}
