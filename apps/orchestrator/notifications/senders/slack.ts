import type { ChannelTarget } from "@homeslice/protocol";
import type { Message } from "../message.ts";
import type { Outbound } from "../outbound.ts";

type Target = Extract<ChannelTarget, { type: "slack" }>;

/** A message by an incoming webhook (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks). */
export async function sendSlack(outbound: Outbound, { url }: Target, { title, text }: Message): Promise<void> {
  await outbound.post(url, {}, JSON.stringify({ text: `*${plain(title)}*\n${plain(text)}` }));
}

/** Text that mentions nobody and links nowhere (https://docs.slack.dev/messaging/formatting-message-text). */
function plain(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
