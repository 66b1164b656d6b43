import { setTimeout } from "node:timers/promises";
import { ClientError } from "@homeslice/protocol/client.ts";
import { type Execution, isFinal, type TargetState } from "@homeslice/protocol/executions.ts";
import { ownClient, ownToken } from "../api.ts";
import { Contact } from "./contact.ts";
import { follow } from "./follower.ts";
import { EXIT_CANCELLED, EXIT_UNKNOWN, type Outcome, outcomeOf } from "./outcome.ts";
import type { Target } from "./start.ts";

const RETRY_INTERVAL_MS = 200;
/** How often the server of an execution that waits to be started is looked at. */
const SERVER_CHECK_MS = 2_000;

/** Passes on the output of an execution until it ends, or until it is given up or left alone. */
export async function attend(target: Target, execution: Execution): Promise<Outcome> {
  return await new Attendance(target, execution).outcome();
}

class Attendance {
  readonly #target: Target;
  readonly #id: string;
  readonly #contact: Contact;
  readonly #leaving = new AbortController();
  #left: Outcome | undefined;
  #interrupts = 0;
  #connected = true;
  #serverConnected = true;
  #state: TargetState;

  constructor(target: Target, execution: Execution) {
    this.#target = target;
    this.#id = execution.execution_id;
    this.#state = execution.status.overall;
    this.#contact = new Contact({
      limitMs: target.limitMs,
      notice: say,
      giveUp: (reason) => this.#leave(EXIT_UNKNOWN, `${reason}; execution ${this.#id} may still be going on`),
    });
  }

  async outcome(): Promise<Outcome> {
    const interrupt = () => this.#interrupt();
    for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, interrupt);
    // Nobody reads on: the command is ended, as a shell ends that of `command | head -1`.
    process.stdout.on("error", () => this.#interrupts === 0 && this.#interrupt());
    const serverCheck = setInterval(() => void this.#checkServer(), SERVER_CHECK_MS);
    try {
      return outcomeOf(await this.#follow(), this.#target.serverId);
    } catch (error) {
      if (this.#left) return this.#left;
      throw error;
    } finally {
      clearInterval(serverCheck);
      this.#contact.end();
      for (const signal of ["SIGINT", "SIGTERM"]) process.off(signal, interrupt);
    }
  }

  #follow(): Promise<Execution> {
    const { home, url } = this.#target;
    return follow({
      url,
      executionId: this.#id,
      token: () => ownToken(home, "viewer"),
      onEntry: ({ stream, text }) => process[stream].write(text),
      onState: (execution) => {
        this.#state = execution.status.overall;
        this.#review();
      },
      onConnected: (connected) => {
        this.#connected = connected;
        this.#review();
      },
      signal: this.#leaving.signal,
    });
  }

  #review(): void {
    if (!this.#connected) this.#contact.report("the orchestrator does not answer");
    else if (this.#state === "unreachable") this.#contact.report("the server is out of reach");
    else if (this.#state === "queued" && !this.#serverConnected) this.#contact.report("the server is not connected");
    else this.#contact.report(undefined);
  }

  /** What is queued may rightly wait for its turn, so only a server that is away counts as out of reach. */
  async #checkServer(): Promise<void> {
    if (this.#state !== "queued") return;
    const { home, url, serverId } = this.#target;
    try {
      const client = await ownClient(home, url, "viewer");
      const { status } = await client.call("getServer", { params: { server_id: serverId } });
      this.#serverConnected = status.current !== "unreachable";
      this.#review();
    } catch (error) {
      if (!(error instanceof ClientError)) throw error; // the connection that follows tells when it is out of reach
    }
  }

  #interrupt(): void {
    this.#interrupts++;
    if (this.#interrupts === 1) {
      say("cancelling (Ctrl-C again leaves it running)");
      void this.#cancel();
    } else {
      this.#leave(EXIT_CANCELLED, `left alone; execution ${this.#id} goes on`);
    }
  }

  async #cancel(): Promise<void> {
    const { home, url } = this.#target;
    while (!this.#left && !isFinal(this.#state)) {
      try {
        const client = await ownClient(home, url, "operator");
        await client.call("cancelExecution", { params: { execution_id: this.#id } });
        return;
      } catch (error) {
        if (!(error instanceof ClientError)) throw error;
        if (error.problem.code !== "unreachable") return say(`it cannot be cancelled: ${error.message}`);
        await setTimeout(RETRY_INTERVAL_MS);
      }
    }
  }

  #leave(exitCode: number, message: string): void {
    this.#left ??= { exitCode, message };
    this.#leaving.abort();
  }
}

function say(text: string): void {
  process.stderr.write(`homeslice: ${text}\n`);
}
