import { z } from "zod";
import { everything } from "../client.ts";
import { NewRoleBinding } from "../roleBindings.ts";
import { kindOf } from "./kind.ts";

const { name: _name, ...shape } = NewRoleBinding.shape;

/** Roles of groups of the identity provider: each is named like its group. */
export const roleBinding = kindOf({
  schema: z.strictObject(shape),
  references: () => [],
  list: async ({ client }) =>
    (await everything((query) => client.call("listRoleBindings", { query }))).map(
      ({ role_binding_id: id, name, version, metadata: _, ...spec }) => ({ id, name, version, spec }),
    ),
  create: async ({ client }, body) => (await client.call("createRoleBinding", { body })).role_binding_id,
  update: async ({ client }, { id, version }, body) => {
    await client.call("updateRoleBinding", { params: { role_binding_id: id }, body, version });
  },
  remove: async ({ client }, { id, version }) => {
    await client.call("deleteRoleBinding", { params: { role_binding_id: id }, version });
  },
});
