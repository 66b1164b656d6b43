import type { Context } from "../context.ts";
import { Loop } from "../loop.ts";
import { sealEvents } from "./chain.ts";

/** Puts new entries of the audit log into its chain of hashes. */
export class Sealer {
  readonly #loop: Loop;
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
    this.#loop = new Loop("audit sealer", () => this.#seal(), context.timings.pollMs, context.log);
  }

  start(): void {
    this.#loop.start();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
  }

  async #seal(): Promise<void> {
    while ((await sealEvents(this.#context.database)) > 0);
  }
}
