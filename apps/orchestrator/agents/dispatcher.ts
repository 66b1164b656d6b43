import type { Context } from "../context.ts";
import { claimQueued } from "../executions/repository.ts";
import { Loop } from "../loop.ts";
import type { AgentRegistry } from "./registry.ts";

/** Targets claimed in one transaction at most. */
const BATCH = 200;

/** Hands queued work to the agents whose links this orchestrator holds. */
export class Dispatcher {
  readonly #context: Context;
  readonly #registry: AgentRegistry;
  readonly #loop: Loop;
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
    const claimed = await claimQueued(this.#context.database, this.#context.orchestratorId, BATCH);
    for (const row of claimed) {
      // A link that has gone since then leaves its work to the reconciliation with the agent's next one.
      this.#registry.session(row.session_id)?.run(row);
      this.#context.bus.publish({ kind: "execution", execution_id: row.execution_id });
    }
    if (claimed.length === BATCH) this.#loop.wake();
  }
}
