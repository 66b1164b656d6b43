import type { MessageField, NewNotificationRule, NotificationEvent, Severity } from "@homeslice/protocol";

/** What a channel is told. */
export interface Message {
  readonly id: string;
  readonly event: NotificationEvent | "test";
  readonly severity: Severity;
  readonly at: Date;
  readonly title: string;
  readonly text: string;
  /** All that is known of the event, for programs. */
  readonly fields: Fields;
}

export type Fields = Readonly<Partial<Record<MessageField, string | number>>>;

const summaries: Record<NotificationEvent, string> = {
  "execution.succeeded": "{{action}} succeeded on {{total}} servers",
  "execution.cancelled": "{{action}} was cancelled",
  "execution.failed": "{{action}} failed on {{failed}} of {{total}} servers",
  "approval.requested": "{{initiated_by}} asks for approval of {{action}} on {{total}} servers",
  "schedule.failed": "{{schedule}} could not start its execution: {{message}}",
  "schedule.missed": "{{schedule}} was missed: {{message}}",
  "workflow.succeeded": "{{workflow}} succeeded",
  "workflow.cancelled": "{{workflow}} was cancelled",
  "workflow.failed": "{{workflow}} failed: {{message}}",
  "workflow.waiting": "{{workflow}} waits for a decision: {{message}}",
  "server.unreachable": "{{server}} is out of sight",
  "report.ready": "the report {{report}} is ready: {{link}}",
};

/** What is known of an event before it is put into words. */
export type Happening = Pick<Message, "severity" | "at" | "fields"> & { readonly event: NotificationEvent };

/** Says what has happened, in the words of the rule where it has some. */
export function compose(
  { event, severity, at, fields: known }: Happening,
  { title, text }: Pick<NewNotificationRule, "title" | "text">,
): Pick<Message, "title" | "text" | "fields"> {
  const fields = { ...known, event, severity, at: at.toISOString(), summary: fill(summaries[event], known) };
  return {
    title: fill(title ?? "{{summary}}", fields).replaceAll(/\s+/g, " "),
    text: text === undefined ? table(fields) : fill(text, fields),
    fields,
  };
}

/** Puts values in their places, once: a value that looks like a place stays what it is. */
function fill(template: string, fields: Fields): string {
  const byName = new Map<string, string | number>(Object.entries(fields));
  return template.replaceAll(/\{\{\s*([^}]*?)\s*\}\}/g, (_, name: string) => String(byName.get(name) ?? ""));
}

function table(fields: Fields): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}`)
    .join("\n");
}
