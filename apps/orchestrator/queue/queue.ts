import type { Actor, QueueControl, QueueStatus } from "@homeslice/protocol";
import { recordChange } from "../audit/audit.ts";
import type { Context } from "../context.ts";
import { preconditionFailed } from "../http/errors.ts";
import { readQueue, setQueueControl } from "./repository.ts";

/** The queue of a tenant: how full it is, and whether it flows. */
export class Queue {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  async status(): Promise<QueueStatus> {
    return await readQueue(this.#context.database);
  }

  /** Drains the queue, in every orchestrator, or lets it flow again. @throws ApiError precondition_failed */
  async control(control: QueueControl, version: number | undefined, actor: Actor): Promise<QueueStatus> {
    const { database, bus } = this.#context;
    await database.transaction().execute(async (transaction) => {
      if (!(await setQueueControl(transaction, control, actor.id, version))) {
        throw preconditionFailed("queue", (await readQueue(transaction)).version);
      }
      await recordChange(transaction, actor, "queue.controlled", { type: "queue", id: "queue" }, control);
    });
    bus.publish({ kind: "work" });
    return await this.status();
  }
}
