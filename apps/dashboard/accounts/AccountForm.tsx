import type { Role } from "@homeslice/protocol/access.ts";
import { type Account, AccountChange, NewAccount } from "@homeslice/protocol/accounts.ts";
import { api } from "../api/client.ts";
import { FormDialog } from "../forms/FormDialog.tsx";
import { TextField } from "../forms/fields.tsx";
import { useForm } from "../forms/useForm.ts";
import { useMessages } from "../i18n/messages.tsx";
import { RoleField } from "./RoleField.tsx";

interface AccountDraft {
  readonly username: string;
  readonly password: string;
  readonly role: Role;
}

const empty: AccountDraft = { username: "", password: "", role: "viewer" };

/** Makes an account. */
export function NewAccountForm({ onClose }: { onClose: () => void }) {
  const { accounts: texts, forms } = useMessages();
  const form = useForm({
    initial: empty,
    body: (draft) => draft,
    schema: NewAccount,
    send: (body) => api.call("createAccount", { body }),
    invalidates: [["accounts"]],
    onDone: onClose,
  });
  const { draft, set } = form;
  return (
    <FormDialog
      title={texts.create}
      action={forms.create}
      form={form}
      shown={["username", "password", "role"]}
      onClose={onClose}
    >
      <TextField
        path="username"
        label={texts.username}
        value={draft.username}
        onChange={(username) => set({ username })}
      />
      <TextField
        path="password"
        label={texts.password}
        hint={texts.passwordHint}
        type="password"
        value={draft.password}
        onChange={(password) => set({ password })}
      />
      <RoleField role={draft.role} onChange={(role) => set({ role })} />
    </FormDialog>
  );
}

/** Gives somebody another role, or another password. */
export function AccountForm({ account, onClose }: { account: Account; onClose: () => void }) {
  const { accounts: texts, forms } = useMessages();
  const { account_id, version, username } = account;
  const form = useForm({
    initial: { ...empty, username, role: account.role },
    body: ({ role, password }) => ({ role, ...(password !== "" && { password }) }),
    schema: AccountChange,
    send: (body) => api.call("changeAccount", { params: { account_id }, version, body }),
    invalidates: [["accounts"]],
    onDone: onClose,
  });
  const { draft, set } = form;
  return (
    <FormDialog
      title={forms.editOf(username)}
      action={forms.save}
      form={form}
      shown={["password", "role"]}
      onClose={onClose}
    >
      <p>{texts.changeConsequence}</p>
      <RoleField role={draft.role} onChange={(role) => set({ role })} />
      <TextField
        path="password"
        label={texts.newPassword}
        hint={texts.passwordHint}
        optional
        type="password"
        value={draft.password}
        onChange={(password) => set({ password })}
      />
    </FormDialog>
  );
}
