import type { Caller } from "@homeslice/protocol/access.ts";
import { PushSubscription as Subscription } from "@homeslice/protocol/push.ts";
import { api, problemOf } from "../api/client.ts";
import { registerWorker } from "../offline/worker.ts";
import { isDue, type PushRecord, type PushState, pushState, storedPush, storePush } from "./pushState.ts";

/** How it stands with this browser. When somebody is told in it, and was not seen for a day, that is renewed. */
export async function lookAtBrowser(caller: Caller): Promise<PushState> {
  const { public_key: publicKey } = await api.call("getPushKey");
  const subscription = await findSubscription();
  const permission = isSupported() ? Notification.permission : undefined;
  const facts = { permission, subscribed: subscription !== null, publicKey, caller };
  const state = pushState({ ...facts, record: storedPush() });
  if (state.name !== "on" || subscription === null || !isDue(state.record, new Date())) return state;
  return { name: "on", record: await tell(subscription, publicKey, caller) };
}

/** Has somebody told in this browser. @returns what the browser was told when it asked: nothing has happened unless it may */
export async function turnOn(caller: Caller): Promise<NotificationPermission> {
  const permission = await Notification.requestPermission();
  if (permission !== "granted") return permission;
  const { public_key } = await api.call("getPushKey");
  await registerWorker();
  const { pushManager } = await navigator.serviceWorker.ready;
  // One that is there may be bound to another key, or be of somebody else.
  await (await pushManager.getSubscription())?.unsubscribe();
  const options = { userVisibleOnly: true, applicationServerKey: public_key };
  await tell(await pushManager.subscribe(options), public_key, caller);
  return permission;
}

/** Has nobody told in this browser any more. */
export async function turnOff({ subscription_id }: PushRecord): Promise<void> {
  await api.call("unsubscribePush", { params: { subscription_id } }).catch((error: unknown) => {
    if (problemOf(error).code !== "not_found") throw error;
  });
  await (await findSubscription())?.unsubscribe();
  storePush(undefined);
}

/** The same for somebody who goes, as far as it can be done: what fails here keeps nobody from going. */
export async function turnOffFor({ subscription_id }: PushRecord): Promise<void> {
  await Promise.allSettled([
    api.call("unsubscribePush", { params: { subscription_id } }),
    findSubscription().then((subscription) => subscription?.unsubscribe()),
  ]);
  storePush(undefined);
}

async function tell(
  subscription: PushSubscription,
  public_key: string,
  { tenant, subject }: Caller,
): Promise<PushRecord> {
  const answer = await api.call("subscribePush", { body: Subscription.parse(subscription.toJSON()) });
  const record = { ...answer, public_key, tenant, subject };
  storePush(record);
  return record;
}

async function findSubscription(): Promise<PushSubscription | null> {
  if (!isSupported()) return null;
  const registration = await navigator.serviceWorker.getRegistration();
  return (await registration?.pushManager.getSubscription()) ?? null;
}

function isSupported(): boolean {
  return "serviceWorker" in navigator && "PushManager" in globalThis && "Notification" in globalThis;
}
