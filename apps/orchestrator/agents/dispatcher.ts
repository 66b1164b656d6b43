import type { Context } from "../context.ts";
import { type ClaimedRow, claimWithin } from "../executions/claim.ts";
import { findUnanswered } from "../executions/unanswered.ts";
import { Loop } from "../loop.ts";
import type { AgentRegistry } from "./registry.ts";

/** Targets claimed in one transaction at most. */
const BATCH = 1_000;
/** Seconds by which an execution lock outlives the time that its work may take: for the way to the agent and back. */
const LOCK_MARGIN_SECONDS = 120;

/** Hands queued work to the agents whose links this orchestrator holds. */
export class Dispatcher {
  readonly #context: Context;
  readonly #registry: AgentRegistry;
  readonly #loop: Loop;
  /** A claim failed, and may have been stored all the same: its answer was lost. */
  #doubtful = false;
  #unsubscribe = () => {};

  constructor(context: Context, registry: AgentRegistry) {
    this.#context = context;
    this.#registry = registry;
    this.#loop = new Loop("dispatcher", () => this.#dispatch(), context.timings.pollMs, context.log);
  }

  start(): void {
    this.#unsubscribe = this.#context.bus.subscribe((hint) => {
      if (hint.kind === "work") this.#loop.wake();
    });
    this.#loop.start();
  }

  async stop(): Promise<void> {
    this.#unsubscribe();
    await this.#loop.stop();
  }

  async #dispatch(): Promise<void> {
    if (this.#registry.size === 0) return;
    const { metrics, bus } = this.#context;
    if (this.#doubtful) await this.#sendAgain();
    const claimed = await this.#claim();
    for (const row of claimed) {
      // A link that has gone since then leaves its work to the reconciliation with the agent's next one.
      this.#registry.session(row.session_id)?.run(row);
      metrics.queueSeconds.observe(row.waited_seconds);
      bus.publish({ kind: "execution", execution_id: row.execution_id });
    }
    // What was kept out by a lock that this round took may have left room for something behind it.
    if (claimed.length > 0) this.#loop.wake();
  }

  async #claim(): Promise<ClaimedRow[]> {
    const { database, orchestratorId, timings, maxRunning } = this.#context;
    const lockMarginSeconds = LOCK_MARGIN_SECONDS + timings.acceptMs / 1_000;
    this.#doubtful = true;
    const claimed = await claimWithin(database, { orchestratorId, limit: BATCH, lockMarginSeconds }, maxRunning);
    this.#doubtful = false;
    return claimed;
  }

  /** An agent that has it already says so, and does not start it again. */
  async #sendAgain(): Promise<void> {
    const { database, orchestratorId } = this.#context;
    for (const { session_id, ...row } of await findUnanswered(database, orchestratorId)) {
      this.#registry.session(session_id)?.run(row);
    }
  }
}
