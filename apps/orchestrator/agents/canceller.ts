import type { Context } from "../context.ts";
import { findCancellations } from "../executions/targets.ts";
import { Loop } from "../loop.ts";
import type { AgentRegistry } from "./registry.ts";

/** Tells the agents whose links this orchestrator holds what they are to end. */
export class Canceller {
  readonly #context: Context;
  readonly #registry: AgentRegistry;
  readonly #loop: Loop;
  #unsubscribe = () => {};

  constructor(context: Context, registry: AgentRegistry) {
    this.#context = context;
    this.#registry = registry;
    const cancel = () => registry.looks.take(() => this.#cancel());
    this.#loop = new Loop("canceller", cancel, context.timings.pollMs, context.log);
  }

  start(): void {
    this.#unsubscribe = this.#context.bus.subscribe((hint) => {
      if (hint.kind === "cancel") this.#loop.wake();
    });
    this.#loop.start();
  }

  async stop(): Promise<void> {
    this.#unsubscribe();
    await this.#loop.stop();
  }

  async #cancel(): Promise<void> {
    if (this.#registry.size === 0) return;
    for (const attempt of await findCancellations(this.#context.database, this.#context.orchestratorId)) {
      this.#registry.session(attempt.session_id)?.cancel(attempt);
    }
  }
}
