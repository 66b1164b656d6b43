import { NewSecret, type Secret } from "@homeslice/protocol/secrets.ts";
import { api } from "../api/client.ts";
import { DescriptionField, NameField } from "../forms/DefinitionDialog.tsx";
import { FormDialog } from "../forms/FormDialog.tsx";
import { SelectField, TextField } from "../forms/fields.tsx";
import { useForm } from "../forms/useForm.ts";
import { useMessages } from "../i18n/messages.tsx";
import { useMay } from "../session/useMay.ts";
import { type SecretDraft, secretDraftOf, secretOf } from "./secretDraft.ts";

/** Creates a secret, or replaces one with its value. */
export function SecretForm({ secret, onClose }: { secret?: Secret; onClose: () => void }) {
  const { secrets: texts, forms } = useMessages();
  const form = useForm({
    initial: secretDraftOf(secret),
    body: secretOf,
    schema: NewSecret,
    send: (body) =>
      secret
        ? api.call("updateSecret", { params: { secret_id: secret.secret_id }, version: secret.version, body })
        : api.call("createSecret", { body }),
    invalidates: [["secrets"]],
    onDone: onClose,
  });
  const { draft, set } = form;
  return (
    <FormDialog
      title={secret ? texts.replaceOf(secret.name) : texts.create}
      action={secret ? texts.replace : forms.create}
      form={form}
      shown={["name", "description", "source"]}
      onClose={onClose}
    >
      <NameField form={form} />
      <DescriptionField form={form} />
      <SourceFields draft={draft} set={set} />
    </FormDialog>
  );
}

/** Where the value is. */
function SourceFields({ draft, set }: { draft: SecretDraft; set: (part: Partial<SecretDraft>) => void }) {
  const { secrets: texts } = useMessages();
  const mayRefer = useMay("secrets:refer");
  const types = mayRefer ? (["value", "environment", "file"] as const) : (["value"] as const);
  return (
    <>
      <SelectField
        path="source.type"
        label={texts.where}
        value={draft.type}
        options={types.map((type) => [type, texts.types[type]] as const)}
        onChange={(type) => set({ type })}
      />
      {draft.type === "value" && (
        <TextField
          path="source.value"
          label={texts.value}
          hint={texts.valueHint}
          type="password"
          value={draft.value}
          onChange={(value) => set({ value })}
        />
      )}
      {draft.type === "environment" && (
        <TextField
          path="source.variable"
          label={texts.variable}
          hint={texts.variableHint}
          mono
          value={draft.variable}
          onChange={(variable) => set({ variable })}
        />
      )}
      {draft.type === "file" && (
        <TextField
          path="source.path"
          label={texts.path}
          hint={texts.pathHint}
          mono
          value={draft.path}
          onChange={(path) => set({ path })}
        />
      )}
    </>
  );
}
