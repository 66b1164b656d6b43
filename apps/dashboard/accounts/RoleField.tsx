import { type Role, roles } from "@homeslice/protocol/access.ts";
import { SelectField } from "../forms/fields.tsx";
import { useMessages } from "../i18n/messages.tsx";

/** Which role somebody has, with what it may. */
export function RoleField({ role, onChange }: { role: Role; onChange: (role: Role) => void }) {
  const { accounts: texts } = useMessages();
  return (
    <SelectField
      path="role"
      label={texts.role}
      hint={texts.roleHints[role]}
      value={role}
      options={roles.map((each) => [each, texts.roles[each]] as const)}
      onChange={onChange}
    />
  );
}
