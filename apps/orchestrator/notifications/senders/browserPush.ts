import { type ChannelTarget, PushSubscription } from "@homeslice/protocol";
import type { Context } from "../../context.ts";
import { encrypt } from "../../push/encryption.ts";
import { deleteSubscription, findSubscriptions, type SubscriptionRow } from "../../push/repository.ts";
import type { Message } from "../message.ts";
import { OutboundError } from "../outbound.ts";
import { pageOf } from "../page.ts";

type Target = Extract<ChannelTarget, { type: "browser_push" }>;

/** Seconds that a push service keeps a message for a browser that is not there. */
const TTL_SECONDS = 86_400;
/** Push services take 4,096 bytes together: this many characters fit, whichever they are. */
const [MAX_TITLE, MAX_TEXT] = [100, 400];
/** What push services answer when a browser wants to be told no more. */
const GONE = [404, 410];

/**
 * Tells every browser that wants to be told, by Web Push (RFC 8030). One that is gone is forgotten.
 * @param context of the tenant
 * @throws Error when one of them was not taken: whoever got it before shows it once, by its id
 */
export async function sendBrowserPush(context: Context, { users }: Target, message: Message): Promise<void> {
  const rows = await findSubscriptions(context.database, users, context.now());
  const results = await Promise.allSettled(rows.map((row) => sendOne(context, row, message)));
  const failed = results.flatMap((result) => (result.status === "rejected" ? [String(result.reason)] : []));
  if (failed.length > 0) throw new Error(`${failed.length} of ${rows.length} browsers: ${failed[0]}`);
}

async function sendOne(
  context: Context,
  { subscription_id, sealed }: SubscriptionRow,
  message: Message,
): Promise<void> {
  const { database, sealing, ways, now } = context;
  const { endpoint, keys } = PushSubscription.parse(JSON.parse(sealing.unseal(sealed)));
  const { id, event, severity, title, text, at } = message;
  const texts = { title: title.slice(0, MAX_TITLE), text: text.slice(0, MAX_TEXT) };
  const shown = { id, event, severity, at, ...texts, page: pageOf(message) };
  const headers = {
    authorization: await ways.push.authorization(endpoint, now()),
    "content-encoding": "aes128gcm",
    "content-type": "application/octet-stream",
    ttl: String(TTL_SECONDS),
    urgency: severity === "error" ? "high" : "normal",
    // What a browser has not got yet is replaced when it is sent again.
    topic: id.replaceAll("-", ""),
  };
  try {
    await ways.outbound.post(endpoint, headers, encrypt(JSON.stringify(shown), keys));
  } catch (error) {
    if (!(error instanceof OutboundError) || !GONE.includes(error.status ?? 0)) throw error;
    await deleteSubscription(database, subscription_id);
  }
}
