import { createHmac } from "node:crypto";

/** What is signed of a request. */
export interface WebhookRequest {
  readonly id: string;
  /** Seconds since the epoch, as they stand in the header. */
  readonly timestamp: string;
  readonly body: string;
}

/** The signature of a request by the rules of Standard Webhooks (https://www.standardwebhooks.com), version 1. */
export function webhookSignature(secret: string, { id, timestamp, body }: WebhookRequest): Buffer {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  return createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest();
}
