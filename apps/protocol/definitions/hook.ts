import { z } from "zod";
import { everything } from "../client.ts";
import { NewHook } from "../hooks.ts";
import { SecretReference } from "../secretReference.ts";
import { secretOf } from "./channel.ts";
import { kindOf } from "./kind.ts";
import type { Names } from "./session.ts";

const { name: _name, action_template_id: _action, workflow_id: _workflow, secret: _secret, ...shape } = NewHook.shape;

const Spec = z
  .strictObject({
    ...shape,
    action: z.string().min(1).optional(),
    workflow: z.string().min(1).optional(),
    secret: SecretReference.optional(),
  })
  .refine(({ action, workflow }) => (action === undefined) !== (workflow === undefined), {
    path: ["action"],
    message: "give either action or workflow",
  });
type Spec = z.output<typeof Spec>;

/** Hooks: alerts that start something. Their secret is named, or kept where they are. */
export const hook = kindOf({
  schema: Spec,
  references: ({ action, workflow, secret }) => [
    ...(action === undefined ? [] : [{ kind: "Action" as const, name: action }]),
    ...(workflow === undefined ? [] : [{ kind: "Workflow" as const, name: workflow }]),
    ...secretOf(secret),
  ],
  list: async ({ client, names }) =>
    (await everything((query) => client.call("listHooks", { query }))).map(
      ({ hook_id: id, name, version, metadata: _, owner: _owner, action_template_id, workflow_id, ...rest }) => ({
        id,
        name,
        version,
        spec: {
          ...rest,
          ...(action_template_id !== undefined && { action: names.nameOf("Action", action_template_id) }),
          ...(workflow_id !== undefined && { workflow: names.nameOf("Workflow", workflow_id) }),
        },
      }),
    ),
  create: async ({ client, names }, { name, ...spec }) =>
    (await client.call("createHook", { body: { name, ...toHook(spec, names) } })).hook_id,
  update: async ({ client, names }, { id, version }, { name, ...spec }) => {
    const body = { name, ...toHook(spec, names) };
    await client.call("updateHook", { params: { hook_id: id }, body, version });
  },
  remove: async ({ client }, { id, version }) => {
    await client.call("deleteHook", { params: { hook_id: id }, version });
  },
});

function toHook({ action, workflow, ...rest }: Spec, names: Names) {
  return {
    ...rest,
    ...(action !== undefined && { action_template_id: names.idOf("Action", action) }),
    ...(workflow !== undefined && { workflow_id: names.idOf("Workflow", workflow) }),
  };
}
