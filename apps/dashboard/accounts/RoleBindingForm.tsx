import type { Role } from "@homeslice/protocol/access.ts";
import { NewRoleBinding, type RoleBinding } from "@homeslice/protocol/roleBindings.ts";
import { api } from "../api/client.ts";
import { DefinitionDialog, DescriptionField } from "../forms/DefinitionDialog.tsx";
import { TextField } from "../forms/fields.tsx";
import { useForm } from "../forms/useForm.ts";
import { useMessages } from "../i18n/messages.tsx";
import { RoleField } from "./RoleField.tsx";

interface BindingDraft {
  readonly name: string;
  readonly description: string;
  readonly role: Role;
}

const empty: BindingDraft = { name: "", description: "", role: "viewer" };

/** Gives a group a role, or another one. */
export function RoleBindingForm({ binding, onClose }: { binding?: RoleBinding; onClose: () => void }) {
  const { accounts: texts } = useMessages();
  const form = useForm({
    initial: binding ?? empty,
    body: ({ name, description, role }: BindingDraft) => ({ name: name.trim(), description, role }),
    schema: NewRoleBinding,
    send: (body) =>
      binding
        ? api.call("updateRoleBinding", {
            params: { role_binding_id: binding.role_binding_id },
            version: binding.version,
            body,
          })
        : api.call("createRoleBinding", { body }),
    invalidates: [["role-bindings"]],
    onDone: onClose,
  });
  const { draft, set } = form;
  return (
    <DefinitionDialog
      held={binding}
      create={texts.createBinding}
      form={form}
      shown={["name", "description", "role"]}
      onClose={onClose}
    >
      <TextField
        path="name"
        label={texts.group}
        hint={texts.groupHint}
        value={draft.name}
        onChange={(name) => set({ name })}
      />
      <RoleField role={draft.role} onChange={(role) => set({ role })} />
      <DescriptionField form={form} />
    </DefinitionDialog>
  );
}
