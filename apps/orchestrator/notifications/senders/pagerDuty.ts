import type { ChannelTarget } from "@homeslice/protocol";
import type { Message } from "../message.ts";
import type { Outbound } from "../outbound.ts";

type Target = Extract<ChannelTarget, { type: "pagerduty" }>;

/** Longest summary that PagerDuty takes. */
const MAX_SUMMARY = 1_024;

/** An alert by the Events API v2 (https://developer.pagerduty.com/docs/send-alert-event). */
export async function sendPagerDuty(outbound: Outbound, { url, routing_key }: Target, message: Message): Promise<void> {
  const { id, severity, at, title, text, fields } = message;
  const payload = {
    summary: title.slice(0, MAX_SUMMARY),
    source: "homeslice",
    severity,
    timestamp: at.toISOString(),
    custom_details: { ...fields, text },
  };
  await outbound.post(url, {}, JSON.stringify({ routing_key, event_action: "trigger", dedup_key: id, payload }));
}
