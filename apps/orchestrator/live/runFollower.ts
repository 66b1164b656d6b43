import { isFinalRun, type LiveRunMessage } from "@homeslice/protocol";
import type { Context } from "../context.ts";
import { Loop } from "../loop.ts";
import { findRun, findSteps } from "../workflows/repository.ts";
import { toRun } from "../workflows/view.ts";

/** Shows one client one run of a workflow as it goes on. A hint only makes it look earlier. */
export class RunFollower {
  readonly #context: Context;
  readonly #runId: string;
  readonly #send: (message: LiveRunMessage) => Promise<void>;
  readonly #loop: Loop;
  #unsubscribe = () => {};
  #told = "";

  /** @param send resolves when the client has taken the message: a slow client slows its own follower only */
  constructor(context: Context, runId: string, send: (message: LiveRunMessage) => Promise<void>) {
    this.#context = context;
    this.#runId = runId;
    this.#send = send;
    this.#loop = new Loop("run follower", () => this.#look(), context.timings.pollMs, context.log);
  }

  start(): void {
    this.#unsubscribe = this.#context.bus.subscribe((hint) => {
      if (hint.kind === "run" && hint.run_id === this.#runId) this.#loop.wake();
    });
    this.#loop.start();
  }

  async stop(): Promise<void> {
    this.#unsubscribe();
    await this.#loop.stop();
  }

  async #look(): Promise<void> {
    const { database } = this.#context;
    const row = await findRun(database, this.#runId);
    if (row === undefined) return;
    const run = toRun(row, await findSteps(database, this.#runId));
    const text = JSON.stringify(run);
    if (text === this.#told) return;
    this.#told = text;
    await this.#send({ type: "run", run });
    if (!isFinalRun(run.state)) return;
    this.#unsubscribe();
    await this.#send({ type: "end", run });
  }
}
