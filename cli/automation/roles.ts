import type { Role } from "@homeslice/protocol/access.ts";
import { type Client, everything } from "@homeslice/protocol/client.ts";
import type { RoleBinding } from "@homeslice/protocol/roleBindings.ts";
import { openFor } from "./client.ts";
import { named } from "./lookup.ts";
import { type Shown, say, show, table } from "./show.ts";

const CONCERN = "roles";

/** `roles list`. @throws UserError `roles.refused`, as `locateEndpoint` */
export async function listRoles({ search, ...shown }: Shown & { readonly search?: string }): Promise<void> {
  show(await all(await openFor(CONCERN), search), shown, (found) =>
    table("role of a group", found, {
      GROUP: ({ name }) => name,
      ROLE: ({ role }) => role,
      CHANGED: ({ metadata }) => metadata.updated_at,
      BY: ({ metadata }) => metadata.created_by,
      DESCRIPTION: ({ description }) => description,
    }),
  );
}

/** `roles set`: gives a group a role, or another one. @throws UserError as `listRoles` */
export async function setRole(
  group: string,
  role: Role,
  { description, ...shown }: Shown & { readonly description?: string },
): Promise<void> {
  const client = await openFor(CONCERN);
  const existing = (await all(client)).find(({ name }) => name === group);
  const body = { name: group, role, description: description ?? existing?.description };
  const saved =
    existing === undefined
      ? await client.call("createRoleBinding", { body })
      : await client.call("updateRoleBinding", {
          params: { role_binding_id: existing.role_binding_id },
          body,
          version: existing.version,
        });
  say(`members of "${group}" have the role ${role}${existing ? `, no longer ${existing.role}` : ""}`);
  if (shown.json) show(saved, shown);
}

/** `roles delete`. @throws UserError as `listRoles`, `roles.unknown` */
export async function deleteRole(group: string, shown: Shown): Promise<void> {
  const client = await openFor(CONCERN);
  const wanted = { concern: CONCERN, noun: "role of a group" };
  const binding = named(wanted, await all(client), group, ({ role_binding_id }) => role_binding_id);
  const { role_binding_id, version } = binding;
  await client.call("deleteRoleBinding", { params: { role_binding_id }, version });
  say(`members of "${binding.name}" no longer have the role ${binding.role} by it`);
  if (shown.json) show(binding, shown);
}

async function all(client: Client, search?: string): Promise<RoleBinding[]> {
  return await everything((page) => client.call("listRoleBindings", { query: { ...page, sort: "name", search } }));
}
