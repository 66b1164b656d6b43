import { z } from "zod";

/** Roles of people and tokens, weakest first. Each has the permissions of those before it. */
export const roles = ["viewer", "operator", "approver", "admin"] as const;
export const Role = z
  .enum(roles)
  .meta({ description: "Weakest first: viewer, operator, approver, admin. Each may do what those before it may" });
export type Role = z.infer<typeof Role>;

/** Name of a tenant: a group of people with servers, actions, executions and an audit log of their own. */
export const TenantId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "use 1 to 63 lower case letters, digits or dashes")
  .meta({ description: "Name of a tenant" });
/** The tenant of whoever names none. Its people also look after what belongs to the whole installation. */
export const DEFAULT_TENANT = "default";

/** What a caller may do. Every route and every WebSocket message names one. */
export const Permission = z.enum([
  "self:read",
  "servers:read",
  "servers:write",
  "servers:operate",
  "actions:read",
  "actions:write",
  "executions:read",
  "executions:start",
  "executions:cancel",
  "executions:approve",
  "approvals:read",
  "approvals:manage",
  "notifications:read",
  "notifications:manage",
  "hooks:read",
  "hooks:manage",
  "locks:read",
  "locks:write",
  "locks:force",
  "queue:control",
  "schedules:read",
  "schedules:write",
  "workflows:read",
  "workflows:write",
  "workflows:decide",
  "secrets:read",
  "secrets:manage",
  "secrets:refer",
  "secrets:reseal",
  "accounts:manage",
  "tokens:manage",
  "audit:read",
  "audit:verify",
  "limits:manage",
  "reports:read",
  "reports:manage",
  "platform:read",
  "drift:report",
]);
export type Permission = z.infer<typeof Permission>;

const granted: Record<Role, readonly Permission[]> = {
  viewer: [
    "self:read",
    "servers:read",
    "actions:read",
    "executions:read",
    "locks:read",
    "schedules:read",
    "workflows:read",
    "approvals:read",
    "notifications:read",
    "hooks:read",
    "secrets:read",
    "reports:read",
    "platform:read",
  ],
  operator: [
    "executions:start",
    "executions:cancel",
    "locks:write",
    "servers:operate",
    "schedules:write",
    "workflows:decide",
    "drift:report",
  ],
  approver: ["executions:approve"],
  admin: [
    "servers:write",
    "actions:write",
    "workflows:write",
    "locks:force",
    "queue:control",
    "approvals:manage",
    "notifications:manage",
    "hooks:manage",
    "secrets:manage",
    "secrets:refer",
    "secrets:reseal",
    "accounts:manage",
    "tokens:manage",
    "audit:read",
    "audit:verify",
    "limits:manage",
    "reports:manage",
  ],
};

/** Permissions over what all tenants share: only the people of the default tenant have them. */
const installation: readonly Permission[] = [
  "audit:verify",
  "limits:manage",
  "secrets:refer",
  "secrets:reseal",
  "platform:read",
  "drift:report",
];

/** Permissions that only a person has, never a token of a program: what needs two people is not one and their token. */
const personal: readonly Permission[] = ["executions:approve", "workflows:decide"];

/** What a token may do that has a role, and of it only some permissions where they are given. */
export function permissionsOfToken(role: Role, only: readonly Permission[] | null): Permission[] {
  const held = atLeast(role).flatMap((each) => granted[each]);
  return held.filter((permission) => !personal.includes(permission) && (only?.includes(permission) ?? true));
}

/** Who is calling, and what they were let in for. */
export const Caller = z.object({
  subject: z.string(),
  role: Role,
  tenant: TenantId,
  permissions: z.array(Permission).optional().meta({ description: "Only these of the role's, when there are any" }),
});
export type Caller = z.infer<typeof Caller>;

/** Whether a caller has a permission. */
export function permits({ role, tenant, permissions }: Omit<Caller, "subject">, permission: Permission): boolean {
  if (installation.includes(permission) && tenant !== DEFAULT_TENANT) return false;
  if (permissions !== undefined && !permissions.includes(permission)) return false;
  return atLeast(role).some((held) => granted[held].includes(permission));
}

/** Whether nothing may be done with the second role that may not be done with the first. */
export function covers(role: Role, other: Role): boolean {
  return atLeast(role).includes(other);
}

/** A role and those below it. */
function atLeast(role: Role): readonly Role[] {
  return roles.slice(0, roles.indexOf(role) + 1);
}
