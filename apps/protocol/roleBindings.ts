import { z } from "zod";
import { Role } from "./access.ts";
import { Timestamp } from "./ids.ts";
import { listing, page, type Route, route, Search, sortedBy } from "./route.ts";

export const RoleBindingId = z.uuid().meta({ description: "Identity of a role binding" });

/** Gives the members of a group of the identity provider a role in a tenant. */
export const NewRoleBinding = z.strictObject({
  name: z.string().min(1).max(200).meta({ description: "The group, as the identity provider names it" }),
  description: z.string().max(10_000).default(""),
  role: Role,
});
export type NewRoleBinding = z.infer<typeof NewRoleBinding>;

export const RoleBinding = z.object({
  role_binding_id: RoleBindingId,
  ...NewRoleBinding.shape,
  version: z.int().meta({ description: "Grows with each change; also the ETag" }),
  metadata: z.object({ created_at: Timestamp, created_by: z.string(), updated_at: Timestamp }),
});
export type RoleBinding = z.infer<typeof RoleBinding>;

const RoleBindingFilter = z.strictObject({
  search: Search.optional().meta({ description: "Part of the name of the group" }),
});

const binding = z.strictObject({ role_binding_id: RoleBindingId });

/** REST routes of role bindings, by name. */
export const roleBindingRoutes = {
  listRoleBindings: route({
    method: "GET",
    path: "/api/v1/role-bindings",
    summary: "List the groups of the identity provider that have a role by a binding, not by the configuration",
    permission: "accounts:manage",
    query: RoleBindingFilter.extend(listing(sortedBy("created", "name").default("-created")).shape),
    response: page(RoleBinding),
  }),
  createRoleBinding: route({
    method: "POST",
    path: "/api/v1/role-bindings",
    summary: "Give the members of a group of the identity provider a role in one's own tenant",
    permission: "accounts:manage",
    body: NewRoleBinding,
    status: 201,
    response: RoleBinding,
  }),
  getRoleBinding: route({
    method: "GET",
    path: "/api/v1/role-bindings/{role_binding_id}",
    summary: "Show a role binding",
    permission: "accounts:manage",
    params: binding,
    response: RoleBinding,
  }),
  updateRoleBinding: route({
    method: "PUT",
    path: "/api/v1/role-bindings/{role_binding_id}",
    summary: "Replace a role binding; who is logged in has the new role within seconds",
    permission: "accounts:manage",
    params: binding,
    body: NewRoleBinding,
    versioned: true,
    response: RoleBinding,
  }),
  deleteRoleBinding: route({
    method: "DELETE",
    path: "/api/v1/role-bindings/{role_binding_id}",
    summary: "Delete a role binding; whoever is let in by it alone is out within seconds",
    permission: "accounts:manage",
    params: binding,
    versioned: true,
    status: 204,
    response: z.void(),
  }),
} satisfies Record<string, Route>;
