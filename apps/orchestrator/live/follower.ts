import { setTimeout } from "node:timers/promises";
import { type Execution, type FollowMessage, isFinal, type LiveMessage } from "@homeslice/protocol";
import type { Context } from "../context.ts";
import { findExecution } from "../executions/queries.ts";
import { readNewLines } from "../logs/repository.ts";
import { Loop } from "../loop.ts";

/** Lines read and sent at once. */
const BATCH = 2_000;
/** After so many lines at once, what comes next is gathered for a while. */
const MANY = 20;

/**
 * Shows one client one execution as it goes on. It never relies on being told: a hint only makes it look earlier.
 * What it sends is read from the database after the last line it sent, so no line is lost, doubled or out of order.
 */
export class Follower {
  readonly #context: Context;
  readonly #executionId: string;
  readonly #after: Map<string, number>;
  readonly #send: (message: LiveMessage) => Promise<void>;
  readonly #loop: Loop;
  #unsubscribe = () => {};
  #lastState = "";

  /** @param send resolves when the client has taken the message: a slow client slows its own follower only */
  constructor(
    context: Context,
    executionId: string,
    after: FollowMessage["after"],
    send: (message: LiveMessage) => Promise<void>,
  ) {
    this.#context = context;
    this.#executionId = executionId;
    this.#after = new Map(Object.entries(after));
    this.#send = send;
    this.#loop = new Loop("follower", () => this.#look(), context.timings.pollMs, context.log);
  }

  start(): void {
    this.#unsubscribe = this.#context.bus.subscribe((hint) => {
      if (hint.kind === "execution" && hint.execution_id === this.#executionId) this.#loop.wake();
    });
    this.#loop.start();
  }

  async stop(): Promise<void> {
    this.#unsubscribe();
    await this.#loop.stop();
  }

  async #look(): Promise<void> {
    // The state first: when it is final, every line is stored already, and what is read next is all there is.
    const { database, now, timings } = this.#context;
    const execution = await findExecution(database, this.#executionId, now(), "none");
    if (execution === undefined) return;
    await this.#sendState(execution);
    const sent = await this.#sendLines(execution.target_servers);
    if (isFinal(execution.status.overall)) {
      this.#unsubscribe();
      const ended = await findExecution(database, this.#executionId, now());
      await this.#send({ type: "end", execution: ended ?? execution });
    } else if (sent >= MANY) await setTimeout(timings.gatherMs);
  }

  async #sendState(execution: Execution): Promise<void> {
    const { overall, per_server } = execution.status;
    const state = JSON.stringify([overall, Object.values(per_server).map(({ status, since }) => [status, since])]);
    if (state === this.#lastState) return;
    this.#lastState = state;
    await this.#send({ type: "execution", execution });
  }

  /** What is new of all servers, in one look for each batch. @returns how many lines it was */
  async #sendLines(serverIds: readonly string[]): Promise<number> {
    for (let sent = 0; ; ) {
      const after = serverIds.map((id) => this.#after.get(id) ?? 0);
      const found = await readNewLines(this.#context.database, this.#executionId, serverIds, after, BATCH);
      sent += found.lines.length;
      if (found.lines.length > 0) await this.#send({ type: "log", entries: found.lines });
      for (const { server_id, seq } of found.lines) this.#after.set(server_id, seq);
      if (!found.more) return sent;
    }
  }
}
