import { z } from "zod";

/** Roles of people and tokens, weakest first. Each has the permissions of those before it. */
export const roles = ["viewer", "operator", "admin"] as const;
export const Role = z.enum(roles);
export type Role = z.infer<typeof Role>;

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
