import type { ChannelTarget } from "@homeslice/protocol";
import type { createTransport } from "nodemailer";
import type { MailSettings } from "../../settings.ts";
import type { Message } from "../message.ts";

type Target = Extract<ChannelTarget, { type: "email" }>;

const TIMEOUT_MS = 10_000;

/** Sends mail by the mail server of the installation. */
export interface Mailer {
  readonly from: string;
  readonly transport: ReturnType<typeof createTransport>;
}

/** Loads the library too, which most installations do without. */
export async function createMailer({ url, from }: MailSettings): Promise<Mailer> {
  const { createTransport } = await import("nodemailer");
  const timeouts = { connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS };
  return { from, transport: createTransport({ url, ...timeouts, disableFileAccess: true, disableUrlAccess: true }) };
}

/** @throws Error when there is no mail server, or it does not take the mail */
export async function sendEmail(mailer: Mailer | undefined, { to }: Target, message: Message): Promise<void> {
  if (mailer === undefined) throw new Error("no mail server is known: set HOMESLICE_MAIL_URL_FILE");
  const { id, title: subject, text } = message;
  const { from, transport } = mailer;
  await transport.sendMail({ from, to, subject, text, messageId: `<${id}@homeslice>` });
}
