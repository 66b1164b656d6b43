import type { ChannelTarget } from "@homeslice/protocol";
import type { Message } from "../message.ts";
import type { Outbound } from "../outbound.ts";
import { type Mailer, sendEmail } from "./email.ts";
import { sendPagerDuty } from "./pagerDuty.ts";
import { sendSlack } from "./slack.ts";
import { sendWebhook } from "./webhook.ts";

/** Ways out of the orchestrator. */
export interface Ways {
  readonly outbound: Outbound;
  /** Undefined where no mail server is known. */
  readonly mailer: Mailer | undefined;
  readonly now: () => Date;
}

/** Tells a channel. @throws Error when it was not taken */
export async function send(target: ChannelTarget, message: Message, { outbound, mailer, now }: Ways): Promise<void> {
  switch (target.type) {
    case "webhook":
      return await sendWebhook(outbound, target, message, now());
    case "slack":
      return await sendSlack(outbound, target, message);
    case "pagerduty":
      return await sendPagerDuty(outbound, target, message);
    case "email":
      return await sendEmail(mailer, target, message);
  }
}
