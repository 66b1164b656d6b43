import { DEFAULT_TENANT, Permission, permits, roles } from "@homeslice/protocol/access.ts";
import { useMessages } from "../i18n/messages.tsx";

/** What each role may do beyond the one before it, as the API has it. */
export function Roles() {
  const { accounts: texts } = useMessages();
  return (
    <section aria-labelledby="roles-title" className="panel">
      <h2 id="roles-title">{texts.whatRolesMay}</h2>
      <p className="muted">{texts.rolesHint}</p>
      <dl className="facts">
        {roles.map((role, index) => (
          <div key={role}>
            <dt>{texts.roles[role]}</dt>
            <dd>
              <p>{texts.roleHints[role]}</p>
              <p className="muted">{addedBy(index).join(", ")}</p>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function addedBy(index: number): Permission[] {
  const may = (at: number, permission: Permission) => {
    const role = roles[at];
    return role !== undefined && permits({ role, tenant: DEFAULT_TENANT }, permission);
  };
  return Permission.options.filter((permission) => may(index, permission) && !may(index - 1, permission));
}
