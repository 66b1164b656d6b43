import {
  messageFields,
  NewNotificationRule,
  NotificationEvent,
  type NotificationRule,
  type Severity,
  severities,
} from "@homeslice/protocol/notifications.ts";
import { useQuery } from "@tanstack/react-query";
import { api } from "../api/client.ts";
import { DefinitionDialog, NameField } from "../forms/DefinitionDialog.tsx";
import { ChecksField, SelectField, TextField } from "../forms/fields.tsx";
import { useForm } from "../forms/useForm.ts";
import { useMessages } from "../i18n/messages.tsx";
import { channelChoiceQuery } from "./queries.ts";

interface RuleDraft {
  readonly name: string;
  readonly events: readonly string[];
  readonly severity: Severity;
  readonly channels: readonly string[];
  readonly title: string;
  readonly text: string;
}

const draftOf = (rule?: NotificationRule): RuleDraft => ({
  name: rule?.name ?? "",
  events: rule?.events ?? [],
  severity: rule?.min_severity ?? "info",
  channels: rule?.channel_ids ?? [],
  title: rule?.title ?? "",
  text: rule?.text ?? "",
});

const bodyOf = ({ name, events, severity, channels, title, text }: RuleDraft) => ({
  name: name.trim(),
  events,
  min_severity: severity,
  channel_ids: channels,
  ...(title !== "" && { title }),
  ...(text !== "" && { text }),
});

/** Creates a notification rule, or changes one. */
export function RuleForm({ rule, onClose }: { rule?: NotificationRule; onClose: () => void }) {
  const { notifications: texts } = useMessages();
  const { data: channels = [] } = useQuery(channelChoiceQuery);
  const form = useForm({
    initial: draftOf(rule),
    body: bodyOf,
    schema: NewNotificationRule,
    send: (body) =>
      rule
        ? api.call("updateNotificationRule", { params: { rule_id: rule.rule_id }, version: rule.version, body })
        : api.call("createNotificationRule", { body }),
    invalidates: [["notification-rules"]],
    onDone: onClose,
  });
  const { draft, set } = form;
  return (
    <DefinitionDialog
      held={rule}
      create={texts.createRule}
      form={form}
      shown={Object.keys(NewNotificationRule.shape)}
      onClose={onClose}
    >
      <NameField form={form} />
      <ChecksField
        path="events"
        label={texts.events}
        hint={texts.eventsHint}
        options={NotificationEvent.options.map((event) => [event, event] as const)}
        chosen={draft.events}
        onChange={(events) => set({ events })}
      />
      <SelectField
        path="min_severity"
        label={texts.severity}
        value={draft.severity}
        options={severities.map((severity) => [severity, texts.severities[severity]] as const)}
        onChange={(severity) => set({ severity })}
      />
      <ChecksField
        path="channel_ids"
        label={texts.tabs.channels}
        hint={channels.length === 0 ? texts.noChannels : undefined}
        options={channels.map(({ channel_id, name }) => [channel_id, name] as const)}
        chosen={draft.channels}
        onChange={(chosen) => set({ channels: chosen })}
      />
      <TextField
        path="title"
        label={texts.titleField}
        optional
        value={draft.title}
        onChange={(title) => set({ title })}
      />
      <TextField
        path="text"
        label={texts.text}
        hint={texts.textHint(messageFields.map((name) => `{{${name}}}`).join(" "))}
        optional
        lines={3}
        value={draft.text}
        onChange={(text) => set({ text })}
      />
    </DefinitionDialog>
  );
}
