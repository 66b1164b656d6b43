import type { Clock, Timings } from "../clock.ts";
import { streams } from "../output/outputFiles.ts";
import { DirectoryWatch } from "../output/watch.ts";
import { type Ending, lost, refused } from "./ending.ts";
import type { Launched } from "./launch.ts";
import type { Process } from "./processes.ts";
import { exitStatus, findShim } from "./shim.ts";
import { terminate } from "./termination.ts";

/** 128 + SIGKILL, as a shell reports a process that was killed. */
const KILLED = 137;

export interface Supervised {
  readonly directory: string;
  /** What tells the processes of the command from others (each `NAME=value` in their environment). */
  readonly marks: readonly string[];
  /** The processes of its control group, if it has one. */
  readonly members: () => Promise<number[]>;
  readonly launched: Launched;
  /** How long it may take, in seconds, and what happens then. */
  readonly limit: number;
  readonly onTimeout: () => void;
  /** How the command has to end, once that is decided. */
  readonly stopping: () => "cancelled" | "timed_out" | undefined;
  /** Aborts when the command has to end. */
  readonly stop: AbortSignal;
  /** Aborts when the agent leaves and the command goes on. */
  readonly detach: AbortSignal;
  /** Called before the command is ended. */
  readonly onStopping: () => Promise<void>;
  /** Takes in the output there is; `last` when nothing will follow. False: it could not, and has to be called again. */
  readonly readOutput: (last: boolean) => Promise<boolean>;
  /** Milliseconds until `readOutput` has something to do though nothing happens. */
  readonly nextRead: () => number | undefined;
  /** Milliseconds between two calls of `readOutput` for output that goes on. */
  readonly gather: () => number;
  readonly clock: Clock;
  readonly timings: Timings;
}

/** Watches over a command until its end; undefined when the agent detached from it before. */
export async function supervise(command: Supervised): Promise<Ending | undefined> {
  const watched = { directory: command.directory, often: streams, seldom: ["exit"] };
  const watch = new DirectoryWatch(watched, command.clock);
  const signals = [command.stop, command.detach];
  const wake = () => watch.wake();
  for (const signal of signals) signal.addEventListener("abort", wake);
  command.launched.onExit(wake);
  const { launched, limit, onTimeout, clock } = command;
  const left = Math.min(limit, Math.max(0, limit - launched.elapsed()));
  const callOff = clock.after(left * 1_000, onTimeout);
  try {
    return await new Supervision(command, watch).untilEnd();
  } finally {
    callOff();
    for (const signal of signals) signal.removeEventListener("abort", wake);
    watch.close();
  }
}

class Supervision {
  readonly #command: Supervised;
  readonly #watch: DirectoryWatch;
  #termination: "none" | "going on" | "done" = "none";
  #failure: unknown;

  constructor(command: Supervised, watch: DirectoryWatch) {
    this.#command = command;
    this.#watch = watch;
  }

  async untilEnd(): Promise<Ending | undefined> {
    const { directory, launched, detach, stop, readOutput } = this.#command;
    while (!detach.aborted) {
      if (this.#failure !== undefined) throw this.#failure;
      // In this order: a shim that is gone had its say before, and a command that is over its output.
      const terminated = this.#termination === "done";
      const shim = launched.pid === undefined ? undefined : await findShim(launched.pid, directory);
      const status = await exitStatus(directory);
      if (this.#termination === "none" && status === undefined && (stop.aborted || shim === undefined)) {
        this.#terminate(shim);
      }
      const over = this.#termination === "none" ? status !== undefined : terminated;
      if ((await readOutput(over)) && over) return this.#ending(status);
      await this.#takeOutput();
    }
    return undefined;
  }

  /** Takes in output until there is a reason to look at the command itself, of which output alone says nothing; or time. */
  async #takeOutput(): Promise<void> {
    const { readOutput, nextRead, gather, clock, timings } = this.#command;
    const end = clock.monotonic() + timings.poll;
    while (await this.#watch.next(Math.min(timings.poll, nextRead() ?? timings.poll), gather())) {
      if (clock.monotonic() >= end) return;
      await readOutput(false);
    }
  }

  /** Ends what is left of the command, while its output is still being read. */
  #terminate(shim: Process | undefined): void {
    const { stop, onStopping, marks, members, clock, timings } = this.#command;
    this.#termination = "going on";
    const work = async () => {
      if (stop.aborted) await onStopping();
      await terminate(shim, marks, clock, timings, members);
      this.#termination = "done";
    };
    work()
      .catch((error: unknown) => {
        this.#failure = error;
      })
      .finally(() => this.#watch.wake());
  }

  #ending(status: number | undefined): Ending {
    const { launched, stopping } = this.#command;
    if (this.#termination === "none") return { outcome: "exited", exit_code: status ?? null, error: null };
    const outcome = stopping();
    if (outcome !== undefined) return { outcome, exit_code: status ?? KILLED, error: null };
    if (launched.failed())
      return refused("the command was not started: the state directory of the agent cannot be written");
    return lost(
      "the process is gone and left no exit status: the host was restarted, or the process was killed together with the shell that watches over it",
    );
  }
}
