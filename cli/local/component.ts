import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { UserError } from "@homeslice/config/errors.ts";
import { startOf } from "../process/alive.ts";
import { STOP_TIMEOUT_MS, stopSignals } from "./leftovers.ts";
import type { ComponentName, ComponentRecord, ComponentState, Process } from "./state.ts";

/** How one process is started. */
export interface Launch {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly user?: { readonly uid: number; readonly gid: number };
}

/** One of the processes that make up local mode. */
export interface ComponentDefinition {
  readonly name: ComponentName;
  /** What both output streams are appended to. */
  readonly log: string;
  /** Runs before each start, the first and those after a crash. */
  readonly prepare: () => Promise<Launch>;
  /** Whether the process with this id does its work. Asked every few milliseconds after a start. */
  readonly isReady: (pid: number) => boolean | Promise<boolean>;
}

const READINESS_INTERVAL_MS = 20;
const READINESS_TIMEOUT_MS = 60_000;
/** A component that never became ready is given up after so many starts. */
const MAX_FIRST_STARTS = 5;
const FIRST_BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 5_000;
/** After running for so long, the next crash is answered without delay again. */
const STABLE_MS = 30_000;

/** Keeps one process running: starts it, starts it again with growing delays when it dies, and ends it in the end. */
export class Component {
  readonly name: ComponentName;
  readonly #definition: ComponentDefinition;
  readonly #changed: (component: Component, reason: string | undefined) => void;
  readonly #stopping = new AbortController();
  #child: ChildProcess | undefined;
  #process: Process | null = null;
  #state: ComponentState = "stopped";
  #since: Date | null = null;
  #run: Promise<void> = Promise.resolve();
  #stopped: Promise<void> | undefined;

  constructor(definition: ComponentDefinition, changed: (component: Component, reason: string | undefined) => void) {
    this.name = definition.name;
    this.#definition = definition;
    this.#changed = changed;
  }

  get record(): ComponentRecord {
    return {
      name: this.name,
      state: this.#state,
      process: this.#process,
      since: this.#since?.toISOString() ?? null,
    };
  }

  /** Resolves when the process is ready for the first time. From then on it is kept running. @throws the last failure */
  async start(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#run = this.#keepRunning(resolve, reject);
    await promise;
  }

  /** Ends the process for good, and waits until it is gone. */
  stop(): Promise<void> {
    this.#stopped ??= this.#end();
    return this.#stopped;
  }

  async #end(): Promise<void> {
    this.#stopping.abort();
    if (this.#child) this.#enter("stopping");
    this.#child?.kill(stopSignals[this.name]);
    const tooLong = new AbortController();
    const overdue = setTimeout(STOP_TIMEOUT_MS, undefined, { signal: tooLong.signal });
    void overdue.then(
      () => this.kill(),
      () => undefined,
    );
    await this.#run;
    tooLong.abort();
  }

  /** Ends the process the hard way. */
  kill(): void {
    this.#stopping.abort();
    this.#child?.kill("SIGKILL");
  }

  async #keepRunning(firstReady: () => void, givenUp: (failure: unknown) => void): Promise<void> {
    let wasReady = false;
    let crashes = 0;
    for (;;) {
      const started = performance.now();
      const failure = await this.#runOnce(() => {
        wasReady = true;
        firstReady();
      });
      if (this.#stopping.signal.aborted) break;
      crashes = performance.now() - started > STABLE_MS ? 1 : crashes + 1;
      if (!wasReady && (crashes >= MAX_FIRST_STARTS || failure instanceof UserError)) {
        givenUp(failure);
        break;
      }
      this.#enter("restarting", failure.message);
      await this.#delay(Math.min(FIRST_BACKOFF_MS * 2 ** (crashes - 1), MAX_BACKOFF_MS));
      if (this.#stopping.signal.aborted) break;
    }
    this.#enter("stopped");
    givenUp(new Error("it was stopped")); // no effect once it was ready
  }

  /** From start to end of one process; tells why it ended. */
  async #runOnce(ready: () => void): Promise<Error> {
    try {
      const launch = await this.#definition.prepare();
      if (this.#stopping.signal.aborted) return new Error("it was stopped");
      const child = await this.#spawn(launch);
      const ended = new AbortController();
      const exit = once(child, "exit").finally(() => ended.abort());
      const unready = await this.#waitUntilReady(child, ended.signal, ready);
      if (unready) child.kill("SIGKILL");
      const [code, signal] = await exit;
      return unready ?? new Error(signal ? `it was ended by ${signal}` : `it ended with exit code ${code}`);
    } catch (error) {
      return toError(error);
    } finally {
      this.#child = undefined;
      this.#process = null;
    }
  }

  /** Each gets a session of its own: Ctrl-C in the terminal reaches the supervisor alone, which ends them in order. */
  async #spawn({ file, args, env, user }: Launch): Promise<ChildProcess> {
    const log = openSync(this.#definition.log, "a", 0o600);
    try {
      const child = spawn(file, args, { ...user, env, cwd: "/", detached: true, stdio: ["ignore", log, log] });
      this.#child = child;
      if (child.pid === undefined) await once(child, "spawn"); // it never will: throws what "error" tells
      const start = startOf(child.pid ?? 0);
      this.#process = { pid: child.pid ?? 0, ...(start === undefined ? {} : { start }) };
      this.#enter("starting");
      return child;
    } finally {
      closeSync(log);
    }
  }

  /** Resolves to why the process will not become ready, if it is to be ended for that. */
  async #waitUntilReady(child: ChildProcess, ended: AbortSignal, ready: () => void): Promise<Error | undefined> {
    const given = AbortSignal.any([ended, this.#stopping.signal]);
    const deadline = performance.now() + READINESS_TIMEOUT_MS;
    try {
      while (!(await this.#definition.isReady(child.pid ?? 0))) {
        if (given.aborted) return undefined;
        if (performance.now() > deadline) return new Error(`it was not ready after ${READINESS_TIMEOUT_MS / 1000} s`);
        await this.#delay(READINESS_INTERVAL_MS);
      }
    } catch (error) {
      return toError(error);
    }
    if (given.aborted) return undefined;
    this.#enter("running");
    ready();
    return undefined;
  }

  async #delay(milliseconds: number): Promise<void> {
    try {
      await setTimeout(milliseconds, undefined, { signal: this.#stopping.signal });
    } catch {
      // stopping: whoever waits looks at the signal next
    }
  }

  #enter(state: ComponentState, reason?: string): void {
    this.#state = state;
    this.#since = new Date();
    this.#changed(this, reason);
  }
}

function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
