import type { Caller } from "@homeslice/protocol/access.ts";
import { z } from "zod";

const KEY = "homeslice.push";
const RENEWED_DAYS_BEFORE = 29;
const DAY_MS = 86_400_000;

/** What is kept in the browser of what the orchestrator knows of it. */
const PushRecord = z.object({
  subscription_id: z.string(),
  expires_at: z.string(),
  /** Of the orchestrator, as it was when the browser subscribed. */
  public_key: z.string(),
  tenant: z.string(),
  subject: z.string(),
});
export type PushRecord = z.infer<typeof PushRecord>;

export function storedPush(): PushRecord | undefined {
  try {
    return PushRecord.parse(JSON.parse(localStorage.getItem(KEY) ?? "null"));
  } catch {
    // Nothing, or nothing of ours: one who turns it on once more is told.
    return undefined;
  }
}

export function storePush(record: PushRecord | undefined): void {
  if (record) localStorage.setItem(KEY, JSON.stringify(record));
  else localStorage.removeItem(KEY);
}

/** Whether somebody is told in this browser, and if not, why. */
export type PushState =
  | { readonly name: "on"; readonly record: PushRecord }
  | { readonly name: "off" | "blocked" | "unsupported" };

interface PushFacts {
  /** What the browser was told about notifications; undefined where it knows none. */
  readonly permission: NotificationPermission | undefined;
  /** Whether the browser has a subscription. */
  readonly subscribed: boolean;
  readonly record: PushRecord | undefined;
  /** The orchestrator's, now. */
  readonly publicKey: string;
  readonly caller: Pick<Caller, "tenant" | "subject">;
}

export function pushState({ permission, subscribed, record, publicKey, caller }: PushFacts): PushState {
  if (permission === undefined) return { name: "unsupported" };
  if (permission === "denied") return { name: "blocked" };
  const isOwn = record?.tenant === caller.tenant && record.subject === caller.subject;
  if (permission !== "granted" || !subscribed || !isOwn || record.public_key !== publicKey) return { name: "off" };
  return { name: "on", record };
}

/** Whether the orchestrator is to be asked again, so that it goes on telling: once a day at most. */
export function isDue({ expires_at }: PushRecord, now: Date): boolean {
  return Date.parse(expires_at) - now.getTime() < RENEWED_DAYS_BEFORE * DAY_MS;
}
