import type { Role } from "@goauthentik/api";
import { z } from "zod";
import type { Authentik } from "../authentik/authentik.ts";
import { allPages } from "../authentik/pages.ts";
import { resource } from "../engine/definition.ts";
import { name } from "./fields.ts";

type RoleWithPermissions = Role & { readonly permissions: readonly string[] };

/** Permissions under a name; groups and accounts have roles. */
export const role = resource<RoleWithPermissions>()({
  type: "homeslice:authentik:Role",
  noun: "role",
  args: {
    /** Unique. */
    name,
    /** Permissions on all objects of their kind, such as `authentik_core.view_user`. @default none */
    permissions: z
      .array(
        z.string().regex(/^[a-z0-9_]+\.[a-z0-9_]+$/, {
          error: 'is not a permission: write it like "authentik_core.view_user"',
        }),
      )
      .default([]),
  },
  outputs: {},
  sets: ["permissions"],
  key: (args) => args.name,
  id: ({ pk }) => pk,
  operations: (authentik) => {
    const { rbac } = authentik;
    const complete = async (live: Role) => ({ ...live, permissions: await permissionsOf(authentik, live.pk) });
    return {
      find: async (key) => Promise.all((await rbac.rbacRolesList({ name: key })).results.map(complete)),
      get: async (uuid) => complete(await rbac.rbacRolesRetrieve({ uuid })),
      create: async (roleRequest) => ({ ...(await rbac.rbacRolesCreate({ roleRequest })), permissions: [] }),
      update: async (uuid, patchedRoleRequest) =>
        complete(await rbac.rbacRolesPartialUpdate({ uuid, patchedRoleRequest })),
      delete: (uuid) => rbac.rbacRolesDestroy({ uuid }),
      settle: ({ pk }, { permissions }) => assign(authentik, pk, permissions),
    };
  },
});

async function permissionsOf({ rbac }: Authentik, role: string): Promise<string[]> {
  const permissions = await allPages((page) => rbac.rbacPermissionsList({ role, ...page }));
  return permissions.map(({ appLabel, codename }) => `${appLabel}.${codename}`);
}

async function assign(authentik: Authentik, uuid: string, wanted: readonly string[]): Promise<void> {
  const present = await permissionsOf(authentik, uuid);
  const missing = wanted.filter((permission) => !present.includes(permission));
  const surplus = present.filter((permission) => !wanted.includes(permission));
  const { rbac } = authentik;
  if (missing.length > 0) {
    const permissionAssignRequest = { permissions: missing };
    await rbac.rbacPermissionsAssignedByRolesAssign({ uuid, permissionAssignRequest });
  }
  if (surplus.length > 0) {
    const patchedPermissionAssignRequest = { permissions: surplus };
    await rbac.rbacPermissionsAssignedByRolesUnassignPartialUpdate({ uuid, patchedPermissionAssignRequest });
  }
}
