import { NewNotificationRule } from "@homeslice/protocol";
import { type Context, inTenant } from "../context.ts";
import { Loop } from "../loop.ts";
import { type Due, markFailed, markSent, takeDue } from "./deliveries.ts";
import { compose } from "./message.ts";
import { send } from "./senders/index.ts";
import { resolve } from "./target.ts";

/** Sent at once by one orchestrator, at most: a slow receiver must not keep the others waiting for long. */
const AT_ONCE = 20;

/** Sends what is to be sent. Every orchestrator does; each takes what no other has taken. */
export class Notifier {
  readonly #context: Context;
  readonly #loop: Loop;

  constructor(context: Context) {
    this.#context = context;
    this.#loop = new Loop("notifier", () => this.#sendDue(), context.timings.notifyMs, context.log);
  }

  start(): void {
    this.#loop.start();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
  }

  async #sendDue(): Promise<void> {
    const due = await takeDue(this.#context.database, AT_ONCE);
    await Promise.all(due.map((delivery) => this.#send(delivery)));
    if (due.length === AT_ONCE) this.#loop.wake();
  }

  async #send(due: Due): Promise<void> {
    const { database, metrics, log } = this.#context;
    const { delivery_id: id, event, severity, created_at: at } = due;
    try {
      const context = inTenant(this.#context, due.tenant_id);
      const target = await resolve(context, due.sealed, { channel_id: due.channel_id, delivery_id: id });
      const happening = { event, severity, at, fields: due.fields };
      const words = compose(happening, NewNotificationRule.parse(due.rule));
      await send(context, target, { id, ...happening, ...words });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const dead = await markFailed(database, due, reason.slice(0, 500));
      metrics.notifications.inc({ outcome: dead ? "dead" : "failed" });
      log.warn({ delivery_id: id, event, attempts: due.attempts, reason, dead }, "a notification was not taken");
      return;
    }
    await markSent(database, id);
    metrics.notifications.inc({ outcome: "sent" });
  }
}
