import {
  type Actor,
  ApiError,
  type Caller,
  covers,
  NewRoleBinding,
  permissionsOfToken,
  type RequestOf,
  type ResponseOf,
  type Role,
  type RoleBinding,
} from "@homeslice/protocol";
import type { Context } from "../context.ts";
import { type Definition, Definitions, metadataOf } from "../definitions/definitions.ts";
import type { Handlers } from "../http/routes.ts";

/** Roles that groups of the identity provider have in a tenant: the rules. */
class RoleBindings {
  readonly #definitions: Definitions;

  constructor(context: Context) {
    this.#definitions = new Definitions(context, {
      table: "role_bindings",
      id: "role_binding_id",
      noun: "role binding",
      resource: "role_binding",
    });
  }

  async list(query: RequestOf<"listRoleBindings">["query"]): Promise<ResponseOf<"listRoleBindings">> {
    const { rows, next_cursor } = await this.#definitions.list(query);
    return { items: rows.map(toBinding), next_cursor };
  }

  /** @throws ApiError not_found */
  async get(id: string): Promise<RoleBinding> {
    return toBinding(await this.#definitions.get(id));
  }

  /** @throws ApiError not_permitted, conflict when the group has a binding already */
  async create(binding: NewRoleBinding, actor: Actor, caller: Caller | undefined): Promise<RoleBinding> {
    demandGiving(binding.role, caller);
    return toBinding(await this.#definitions.create({ name: binding.name, definition: binding }, actor));
  }

  /** @throws ApiError not_permitted, not_found, precondition_failed, conflict when the group has a binding already */
  async update(
    { params, body, version }: RequestOf<"updateRoleBinding"> & { readonly version: number | undefined },
    actor: Actor,
    caller: Caller | undefined,
  ): Promise<RoleBinding> {
    demandGiving(body.role, caller);
    const values = { name: body.name, definition: body };
    return toBinding(await this.#definitions.update(params.role_binding_id, values, version, actor));
  }

  /** @throws ApiError not_found, precondition_failed */
  async delete(id: string, version: number | undefined, actor: Actor): Promise<void> {
    await this.#definitions.delete(id, version, actor);
  }
}

/** The handlers of the routes of role bindings. */
export function roleBindingHandlers(context: Context) {
  const bindings = new RoleBindings(context);
  return {
    listRoleBindings: ({ query }) => bindings.list(query),
    createRoleBinding: ({ body }, actor, caller) => bindings.create(body, actor, caller),
    getRoleBinding: ({ params }) => bindings.get(params.role_binding_id),
    updateRoleBinding: (request, actor, caller) => bindings.update(request, actor, caller),
    deleteRoleBinding: ({ params, version }, actor) => bindings.delete(params.role_binding_id, version, actor),
  } satisfies Partial<Handlers>;
}

/** A token that was narrowed cannot widen itself by the role of a group. @throws ApiError not_permitted */
function demandGiving(role: Role, caller: Caller | undefined): void {
  const held = caller?.permissions;
  const inScope = held === undefined || permissionsOfToken(role, null).every((given) => held.includes(given));
  if (caller !== undefined && covers(caller.role, role) && inScope) return;
  throw new ApiError("not_permitted", "a binding may not give more than whoever makes it may do");
}

function toBinding(row: Definition): RoleBinding {
  const { id: role_binding_id, version } = row;
  return { role_binding_id, ...NewRoleBinding.parse(row.definition), version, metadata: metadataOf(row) };
}
