import { createHmac } from "node:crypto";
import type { ChannelTarget } from "@homeslice/protocol";
import type { Message } from "../message.ts";
import type { Outbound } from "../outbound.ts";

type Target = Extract<ChannelTarget, { type: "webhook" }>;

/** A signed request (https://www.standardwebhooks.com): receivers check it with any of the libraries for that. */
export async function sendWebhook(outbound: Outbound, { url, secret }: Target, message: Message): Promise<void> {
  const { id, event, at, severity, title, text, fields } = message;
  const body = JSON.stringify({ type: event, timestamp: at.toISOString(), data: { severity, title, text, ...fields } });
  const timestamp = Math.floor(Date.now() / 1_000);
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  const headers = {
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": `v1,${signature}`,
  };
  await outbound.post(url, headers, body);
}
