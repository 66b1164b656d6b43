import { z } from "zod";

/** Roles of people and tokens, weakest first. Each has the permissions of those before it. */
export const roles = ["viewer", "operator", "admin"] as const;
export const Role = z.enum(roles);
export type Role = z.infer<typeof Role>;

/** Name of a tenant: a group of people with servers, actions, executions and an audit log of their own. */
export const TenantId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "use 1 to 63 lower case letters, digits or dashes")
  .meta({ description: "Name of a tenant" });
/** The tenant of whoever names none. */
export const DEFAULT_TENANT = "default";

/** What a caller may do. Every route and every WebSocket message names one. */
export type Permission =
  | "servers:read"
  | "servers:write"
  | "actions:read"
  | "actions:write"
  | "executions:read"
  | "executions:start"
  | "executions:cancel"
  | "audit:read";

const granted: Record<Role, readonly Permission[]> = {
  viewer: ["servers:read", "actions:read", "executions:read"],
  operator: ["executions:start", "executions:cancel"],
  admin: ["servers:write", "actions:write", "audit:read"],
};

/** Whether a role carries a permission. */
export function permits(role: Role, permission: Permission): boolean {
  return roles.slice(0, roles.indexOf(role) + 1).some((held) => granted[held].includes(permission));
}
