import type { ChannelTarget } from "@homeslice/protocol";
import { webhookSignature } from "../../webhookSignature.ts";
import type { Message } from "../message.ts";
import type { Outbound } from "../outbound.ts";

type Target = Extract<ChannelTarget, { type: "webhook" }>;

/** A signed request (https://www.standardwebhooks.com): receivers check it with any of the libraries for that. */
export async function sendWebhook(
  outbound: Outbound,
  { url, secret }: Target,
  message: Message,
  now: Date,
): Promise<void> {
  const { id, event, at, severity, title, text, fields } = message;
  const body = JSON.stringify({ type: event, timestamp: at.toISOString(), data: { severity, title, text, ...fields } });
  const timestamp = String(Math.floor(now.getTime() / 1_000));
  const signature = webhookSignature(secret, { id, timestamp, body }).toString("base64");
  const headers = {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${signature}`,
  };
  await outbound.post(url, headers, body);
}
