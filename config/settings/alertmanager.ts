import { z } from "zod";
import { emailAddress, hostAndPort, webAddress } from "../notations.ts";
import { resources } from "./resources.ts";
import { secretText } from "./secret.ts";

export function alertmanager() {
  return z
    .strictObject({
      enabled: z.boolean().default(true).describe("Run Alertmanager, which groups alerts and tells people."),
      resources: resources({ cpu: ["10m", "200m"], memory: ["32Mi", "128Mi"] }).describe("What the server may use."),
      webhook: z
        .strictObject({
          url: webAddress.describe("Address that alerts are posted to as JSON."),
          token: secretText.optional().describe("Sent with every request as bearer token."),
        })
        .optional()
        .describe("Send every alert to a program."),
      slack: z
        .strictObject({
          url: secretText.describe("Address of the incoming webhook."),
          channel: z.string().min(1).describe("Channel or user to write to, for example #alerts."),
        })
        .optional()
        .describe("Send every alert to Slack."),
      email: z
        .strictObject({
          to: emailAddress.describe("Who gets the mail."),
          from: emailAddress.describe("Whom it comes from."),
          server: hostAndPort.describe("Mail server that takes it, with STARTTLS."),
          username: z.string().min(1).optional().describe("Account at the mail server."),
          password: secretText.optional().describe("Password of the account."),
        })
        .optional()
        .describe("Send every alert by mail."),
      pagerduty: z
        .strictObject({ routingKey: secretText.describe("Integration key of the Events API v2.") })
        .optional()
        .describe("Page somebody for alerts of severity critical."),
      deadMansSwitch: secretText
        .optional()
        .describe("Address called every five minutes while alerting works: whoever serves it alarms when calls end."),
    })
    .prefault({});
}
