import type { ChannelTarget } from "@homeslice/protocol";
import type { Context } from "../../context.ts";
import type { Message } from "../message.ts";
import { sendBrowserPush } from "./browserPush.ts";
import { sendEmail } from "./email.ts";
import { sendPagerDuty } from "./pagerDuty.ts";
import { sendSlack } from "./slack.ts";
import { sendWebhook } from "./webhook.ts";

/** Tells a channel. @param context of its tenant @throws Error when it was not taken */
export async function send(context: Context, target: ChannelTarget, message: Message): Promise<void> {
  const { outbound, mailer, now } = context.ways;
  switch (target.type) {
    case "webhook":
      return await sendWebhook(outbound, target, message, now());
    case "slack":
      return await sendSlack(outbound, target, message);
    case "pagerduty":
      return await sendPagerDuty(outbound, target, message);
    case "email":
      return await sendEmail(mailer, target, message);
    case "browser_push":
      return await sendBrowserPush(context, target, message);
  }
}
