import { timingSafeEqual } from "node:crypto";
import type { NewHook } from "@homeslice/protocol";
import { hashSecret } from "../auth/secrets.ts";
import { webhookSignature } from "../webhookSignature.ts";

/** How far the clock of a caller may be off, and how long a signed request can be sent again. */
const TOLERANCE_SECONDS = 300;
/** Seconds in which a signed request could come again: its time may lie ahead as well as behind. */
export const REPLAY_SECONDS = 2 * TOLERANCE_SECONDS;

/** What a caller shows of itself. */
export interface Shown {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The body as it came: what was signed. */
  readonly body: string;
}

/** Whether whoever calls a hook knows its secret. */
export function knowsSecret(source: NewHook["source"], secret: string, shown: Shown, now: Date): boolean {
  return source === "alertmanager" ? hasToken(secret, shown) : isSigned(secret, shown, now);
}

function hasToken(secret: string, { headers }: Shown): boolean {
  const [, token = ""] = /^Bearer (\S+)$/i.exec(text(headers["authorization"])) ?? [];
  return timingSafeEqual(hashSecret(token), hashSecret(secret));
}

/** By the rules of Standard Webhooks: any of several signatures may fit, and only fresh ones count. */
function isSigned(secret: string, { headers, body }: Shown, now: Date): boolean {
  const [id, timestamp] = [text(headers["webhook-id"]), text(headers["webhook-timestamp"])];
  const age = Math.abs(now.getTime() / 1_000 - Number(timestamp));
  if (id === "" || !/^\d{1,12}$/.test(timestamp) || age > TOLERANCE_SECONDS) return false;
  const expected = webhookSignature(secret, { id, timestamp, body });
  return text(headers["webhook-signature"])
    .split(" ")
    .map((signature) => Buffer.from(signature.replace(/^v1,/, ""), "base64"))
    .some((signature) => signature.length === expected.length && timingSafeEqual(signature, expected));
}

const text = (header: string | string[] | undefined) => (typeof header === "string" ? header : "");
