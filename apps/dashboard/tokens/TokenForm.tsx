import { NewApiToken } from "@homeslice/protocol/accounts.ts";
import { useQuery } from "@tanstack/react-query";
import { api } from "../api/client.ts";
import { FormDialog } from "../forms/FormDialog.tsx";
import { CheckField, ChecksField, NumberField, SelectField, TextField } from "../forms/fields.tsx";
import { useForm } from "../forms/useForm.ts";
import { useMessages } from "../i18n/messages.tsx";
import { sessionQuery } from "../session/session.ts";
import { emptyToken, permissionsToGive, rolesToGive, tokenOf } from "./tokenDraft.ts";

interface TokenFormProps {
  readonly onClose: () => void;
  /** Gets the token itself, which nobody sees again. */
  readonly onIssued: (token: string) => void;
}

/** Makes a token for a program. */
export function TokenForm({ onClose, onIssued }: TokenFormProps) {
  const { tokens: texts, forms, accounts } = useMessages();
  const { data: session } = useQuery(sessionQuery);
  const form = useForm({
    initial: emptyToken,
    body: tokenOf,
    schema: NewApiToken,
    send: (body) => api.call("createApiToken", { body }),
    invalidates: [["tokens"]],
    onDone: ({ token }) => {
      onClose();
      onIssued(token);
    },
  });
  const { draft, set } = form;
  const roles = rolesToGive(session?.caller?.role ?? "viewer");
  return (
    <FormDialog
      title={texts.create}
      action={forms.create}
      form={form}
      shown={["name", "role", "permissions", "expires_in_days"]}
      onClose={onClose}
    >
      <TextField
        path="name"
        label={forms.name}
        hint={texts.nameHint}
        value={draft.name}
        onChange={(name) => set({ name })}
      />
      <SelectField
        path="role"
        label={accounts.role}
        value={draft.role}
        options={roles.map((role) => [role, accounts.roles[role]] as const)}
        onChange={(role) => set({ role })}
      />
      <CheckField label={texts.all} checked={draft.all} onChange={(all) => set({ all })} />
      {!draft.all && (
        <ChecksField
          path="permissions"
          label={texts.permissions}
          options={permissionsToGive(draft.role).map((permission) => [permission, permission] as const)}
          chosen={draft.permissions}
          onChange={(permissions) => set({ permissions })}
        />
      )}
      <NumberField
        path="expires_in_days"
        label={texts.days}
        hint={texts.daysHint}
        value={draft.days}
        onChange={(days) => set({ days })}
      />
    </FormDialog>
  );
}
