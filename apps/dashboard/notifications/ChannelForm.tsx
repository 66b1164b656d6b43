import { type Channel, NewChannel } from "@homeslice/protocol/notifications.ts";
import { api } from "../api/client.ts";
import { DefinitionDialog, NameField } from "../forms/DefinitionDialog.tsx";
import { SelectField, TextField } from "../forms/fields.tsx";
import { useForm } from "../forms/useForm.ts";
import { useMessages } from "../i18n/messages.tsx";
import { CredentialField } from "../starts/CredentialField.tsx";
import { type ChannelDraft, channelDraftOf, channelOf } from "./channelDraft.ts";

/** Creates a channel, or changes one; what is secret about it stays where nothing is given. */
export function ChannelForm({ channel, onClose }: { channel?: Channel; onClose: () => void }) {
  const { notifications: texts } = useMessages();
  const form = useForm({
    initial: channelDraftOf(channel),
    body: (draft) => channelOf(draft, channel),
    schema: NewChannel,
    send: (body) =>
      channel
        ? api.call("updateChannel", { params: { channel_id: channel.channel_id }, version: channel.version, body })
        : api.call("createChannel", { body }),
    invalidates: [["channels"]],
    onDone: onClose,
  });
  const { draft, set } = form;
  const types = ["webhook", "slack", "email", "pagerduty", "browser_push"] as const;
  return (
    <DefinitionDialog
      held={channel}
      create={texts.createChannel}
      form={form}
      shown={["name", "target"]}
      onClose={onClose}
    >
      {channel && <p>{texts.editHint(channel.shown)}</p>}
      <NameField form={form} />
      <SelectField
        path="target.type"
        label={texts.type}
        value={draft.type}
        options={types.map((type) => [type, texts.types[type]] as const)}
        onChange={(type) => set({ type })}
      />
      <TargetFields draft={draft} set={set} />
    </DefinitionDialog>
  );
}

function TargetFields({ draft, set }: { draft: ChannelDraft; set: (part: Partial<ChannelDraft>) => void }) {
  const { notifications: texts } = useMessages();
  const url = (
    <CredentialField path="target.url" label={texts.url} draft={draft.url} onChange={(value) => set({ url: value })} />
  );
  switch (draft.type) {
    case "webhook":
      return (
        <>
          {url}
          <CredentialField
            path="target.secret"
            label={texts.secret}
            hint={texts.secretHint}
            draft={draft.secret}
            onChange={(secret) => set({ secret })}
          />
        </>
      );
    case "slack":
      return url;
    case "email":
      return (
        <TextField
          path="target.to"
          label={texts.to}
          hint={texts.toHint}
          value={draft.to}
          onChange={(to) => set({ to })}
        />
      );
    case "browser_push":
      return (
        <TextField
          path="target.users"
          label={texts.to}
          hint={texts.usersHint}
          optional
          value={draft.to}
          onChange={(to) => set({ to })}
        />
      );
    case "pagerduty":
      return (
        <CredentialField
          path="target.routing_key"
          label={texts.routingKey}
          type="password"
          draft={draft.routingKey}
          onChange={(routingKey) => set({ routingKey })}
        />
      );
  }
}
