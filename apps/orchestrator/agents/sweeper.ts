import type { Context } from "../context.ts";
import { markUnreachable } from "../executions/repository.ts";
import { Loop } from "../loop.ts";
import { expireSessions } from "../servers/sessions.ts";

/**
 * Finds the links whose orchestrator died without a word: what their agents were doing becomes unreachable, until
 * they are back. Every orchestrator sweeps; which one finds a link first does not matter.
 */
export class Sweeper {
  readonly #loop: Loop;
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
    this.#loop = new Loop("sweeper", () => this.#sweep(), context.timings.sweepMs, context.log);
  }

  start(): void {
    this.#loop.start();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
  }

  async #sweep(): Promise<void> {
    const { database, bus, log } = this.#context;
    const changed = await database.transaction().execute(async (transaction) => {
      const expired = await expireSessions(transaction);
      if (expired.length > 0) log.warn({ servers: expired.length }, "agent links expired");
      return await markUnreachable(transaction, expired);
    });
    for (const execution_id of changed) bus.publish({ kind: "execution", execution_id });
  }
}
