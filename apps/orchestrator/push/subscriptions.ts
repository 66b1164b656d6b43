import { type Actor, ApiError, type PushSubscription, type ResponseOf } from "@homeslice/protocol";
import { recordChange } from "../audit/audit.ts";
import type { Context } from "../context.ts";
import type { Handlers } from "../http/routes.ts";
import { isPublicKey } from "./encryption.ts";
import * as repository from "./repository.ts";

const DAY_MS = 86_400_000;
/** Days after which a browser that has not asked again is told nothing more. */
const KEPT_DAYS = 30;
/** Browsers that one person may have told. */
const MAX_BROWSERS = 20;

/** Browsers that want to be told: looking after them. Each belongs to whoever was logged in there. */
export class PushSubscriptions {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  /** @throws ApiError invalid_request when nothing could be encrypted for it */
  async subscribe(subscription: PushSubscription, actor: Actor): Promise<ResponseOf<"subscribePush">> {
    if (!isPublicKey(subscription.keys.p256dh)) {
      const errors = [{ path: "body.keys.p256dh", message: "is no point of the curve P-256" }];
      throw new ApiError("invalid_request", "the request has 1 problem", { errors });
    }
    const { database, sealing, now } = this.#context;
    const expires_at = new Date(now().getTime() + KEPT_DAYS * DAY_MS);
    const sealed = sealing.seal(JSON.stringify(subscription));
    const row = { subject: actor.id, endpoint: subscription.endpoint, sealed, expires_at };
    return await database.transaction().execute(async (transaction) => {
      const subscription_id = await repository.storeSubscription(transaction, row);
      await repository.keepNewest(transaction, actor.id, MAX_BROWSERS);
      const resource = { type: "push_subscription", id: subscription_id } as const;
      await recordChange(transaction, actor, "push_subscription.created", resource);
      return { subscription_id, expires_at: expires_at.toISOString() };
    });
  }

  /** @throws ApiError not_found when there is none, or it is somebody else's */
  async unsubscribe(id: string, actor: Actor): Promise<void> {
    await this.#context.database.transaction().execute(async (transaction) => {
      if (!(await repository.deleteSubscription(transaction, id, actor.id)))
        throw new ApiError("not_found", `there is no subscription ${id} of yours`);
      await recordChange(transaction, actor, "push_subscription.deleted", { type: "push_subscription", id });
    });
  }
}

/** The handlers of the routes of browsers that want to be told. */
export function pushHandlers(context: Context) {
  const subscriptions = new PushSubscriptions(context);
  return {
    getPushKey: async () => ({ public_key: context.ways.push.publicKey }),
    subscribePush: ({ body }, actor) => subscriptions.subscribe(body, actor),
    unsubscribePush: ({ params }, actor) => subscriptions.unsubscribe(params.subscription_id, actor),
  } satisfies Partial<Handlers>;
}
