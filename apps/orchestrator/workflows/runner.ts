import type { Context } from "../context.ts";
import { transact } from "../database/database.ts";
import { narrowTo } from "../database/tenancy.ts";
import { Loop } from "../loop.ts";
import { heldRun } from "./heldRun.ts";
import { moveOn } from "./progress.ts";
import * as repository from "./repository.ts";

/** How long hints that something has happened are gathered before runs are looked at, in milliseconds. */
const GATHER_MS = 100;

/**
 * Moves runs of workflows on when one of their steps has ended, or it is time. Every orchestrator does; each run is held
 * by one at a time, and what that one does of it is one transaction: whoever is killed at whatever moment, each step begins
 * once.
 */
export class WorkflowRunner {
  readonly #context: Context;
  readonly #loop: Loop;
  #unsubscribe = () => {};
  #gathering: NodeJS.Timeout | undefined;
  /** Whether any run was open when they were looked at last: without one, hints are none of its business. */
  #anyOpen = true;

  constructor(context: Context) {
    this.#context = context;
    this.#loop = new Loop("workflows", () => this.#moveAll(), context.timings.scheduleMs, context.log);
  }

  start(): void {
    this.#unsubscribe = this.#context.bus.subscribe(({ kind }) => {
      if (kind === "execution" && this.#anyOpen) this.#gathering ??= setTimeout(() => this.#wake(), GATHER_MS);
    });
    this.#loop.start();
  }

  async stop(): Promise<void> {
    this.#unsubscribe();
    clearTimeout(this.#gathering);
    await this.#loop.stop();
  }

  #wake(): void {
    this.#gathering = undefined;
    this.#loop.wake();
  }

  async #moveAll(): Promise<void> {
    const { database, bus, log } = this.#context;
    const failed: string[] = [];
    this.#anyOpen = await repository.isAnyOpen(database);
    while (this.#anyOpen) {
      let runId: string | undefined;
      try {
        const moved = await transact(database, async (transaction) => {
          const row = await repository.lockDue(transaction, this.#context.now(), failed);
          runId = row?.run_id;
          if (row === undefined) return undefined;
          await narrowTo(transaction, row.tenant_id);
          return await moveOn(heldRun(this.#context, transaction, row));
        });
        if (moved === undefined || runId === undefined) return;
        bus.publish({ kind: "work" });
        bus.publish({ kind: "run", run_id: runId });
      } catch (error) {
        if (runId === undefined) throw error;
        // One run that cannot be moved on must not keep the others waiting.
        log.error({ err: error, run_id: runId }, "a run of a workflow could not be moved on and will be tried again");
        failed.push(runId);
      }
    }
  }
}
