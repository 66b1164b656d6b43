import { z } from "zod";
import { everything } from "../client.ts";
import { NewHook } from "../hooks.ts";
import { SecretReference } from "../secretReference.ts";
import { secretOf } from "./channel.ts";
import { kindOf } from "./kind.ts";

const { name: _name, action_template_id: _id, secret: _secret, ...shape } = NewHook.shape;

/** Hooks: alerts that start something. Their secret is named, or kept where they are. */
export const hook = kindOf({
  schema: z.strictObject({
    ...shape,
    action: z.string().min(1),
    secret: SecretReference.optional(),
  }),
  references: ({ action, secret }) => [{ kind: "Action", name: action }, ...secretOf(secret)],
  list: async ({ client, names }) =>
    (await everything((query) => client.call("listHooks", { query }))).map(
      ({ hook_id, name, version, metadata: _, owner: _owner, action_template_id, ...spec }) => ({
        id: hook_id,
        name,
        version,
        spec: { ...spec, action: names.nameOf("Action", action_template_id) },
      }),
    ),
  create: async ({ client, names }, { action, ...rest }) => {
    const body = { ...rest, action_template_id: names.idOf("Action", action) };
    return (await client.call("createHook", { body })).hook_id;
  },
  update: async ({ client, names }, { id, version }, { action, ...rest }) => {
    const body = { ...rest, action_template_id: names.idOf("Action", action) };
    await client.call("updateHook", { params: { hook_id: id }, body, version });
  },
  remove: async ({ client }, { id, version }) => {
    await client.call("deleteHook", { params: { hook_id: id }, version });
  },
});
