import { z } from "zod";
import { Timestamp } from "./ids.ts";
import { Url } from "./notifications.ts";
import { type Route, route } from "./route.ts";

export const PushSubscriptionId = z.uuid().meta({ description: "Identity of a browser that wants to be told" });

/** A browser that wants to be told: what `PushSubscription.toJSON()` of the Push API gives. */
export const PushSubscription = z.object({
  endpoint: Url.meta({ description: "Where its push service takes messages" }),
  keys: z.object({
    p256dh: z
      .string()
      .regex(/^B[\w-]{86}=?$/, "must be 65 bytes in base64url, of which the first is 4")
      .meta({ description: "Public key of the browser, in base64url" }),
    auth: z
      .string()
      .regex(/^[\w-]{22}(==)?$/, "must be 16 bytes in base64url")
      .meta({ description: "Secret of the browser, in base64url" }),
  }),
});
export type PushSubscription = z.infer<typeof PushSubscription>;

/** REST routes of browsers that want to be told, by name. */
export const pushRoutes = {
  getPushKey: route({
    method: "GET",
    path: "/api/v1/push/key",
    summary: "Show the key that browsers subscribe with, as applicationServerKey",
    permission: "notifications:read",
    response: z.object({ public_key: z.string().meta({ description: "In base64url" }) }),
  }),
  subscribePush: route({
    method: "POST",
    path: "/api/v1/push/subscriptions",
    summary: "Have this browser told, for 30 days; asked again, it is for longer",
    permission: "notifications:read",
    body: PushSubscription,
    status: 201,
    response: z.object({ subscription_id: PushSubscriptionId, expires_at: Timestamp }),
  }),
  unsubscribePush: route({
    method: "DELETE",
    path: "/api/v1/push/subscriptions/{subscription_id}",
    summary: "Tell one of one's own browsers no more",
    permission: "notifications:read",
    params: z.strictObject({ subscription_id: PushSubscriptionId }),
    status: 204,
    response: z.void(),
  }),
} satisfies Record<string, Route>;
