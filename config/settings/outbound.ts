import { z } from "zod";
import { addressRange, emailAddress, hostAndPort, objectName, variableName } from "../notations.ts";
import { secretText } from "./secret.ts";

/** A variable that means nothing to the program itself, or to what runs it. */
const ownVariable = variableName.refine((name) => !/^(HOMESLICE_|NODE_|LD_|PATH$|HOME$)/.test(name), {
  error: ({ input }) => `${JSON.stringify(input)} is a variable of the orchestrator itself: choose another name`,
});

/** Where the orchestrator has secrets of actions from, besides what it keeps itself. */
export function secretsOfActions() {
  return z
    .strictObject({
      mounted: z
        .array(objectName)
        .max(50)
        .default([])
        .describe(
          "Secrets of Kubernetes, in the namespace of the platform, that actions may take values from: each is a directory with its keys as files, and one that does not exist keeps nothing from starting. Default: none.",
        ),
      variables: z
        .record(ownVariable, secretText)
        .default({})
        .describe("Secrets of actions in the environment of the orchestrator, by variable. Files are the safer place."),
      sealingKeys: z
        .array(secretText)
        .max(10)
        .default([])
        .describe(
          "Keys, of 32 characters or more, for what the database holds sealed: the first seals, all open. Default: one that follows from the secret of the installation.",
        ),
    })
    .prefault({});
}

/** Who is told by the orchestrator, and by which ways. */
export function notifications() {
  return z
    .strictObject({
      mail: mail()
        .optional()
        .describe("The mail server for notifications and reports. Default: none, no e-mail is sent."),
      ports: z
        .array(z.int().min(1).max(65_535))
        .max(10)
        .default([])
        .describe(
          "TCP ports at which it may reach addresses outside the cluster, for webhooks, Slack and PagerDuty: usually 443. Default: none, nothing leaves.",
        ),
      networks: z
        .array(addressRange)
        .default([])
        .describe("Internal networks into which notifications may go. Default: none, public addresses alone."),
    })
    .prefault({});
}

function mail() {
  return z.strictObject({
    from: emailAddress.describe("Needed for mail. Whom it comes from."),
    server: hostAndPort.describe("Needed for mail. Mail server that takes it: TLS from the start at port 465."),
    username: z.string().min(1).optional().describe("Account at the mail server."),
    password: secretText.optional().describe("Password of the account."),
  });
}
