import { type Actor, type ChangedHook, type Hook, NewHook, type RequestOf, type ResponseOf } from "@homeslice/protocol";
import { z } from "zod";
import { Actions } from "../actions/actions.ts";
import type { Context } from "../context.ts";
import { type Definition, Definitions, metadataOf, type NewDefinition } from "../definitions/definitions.ts";
import { listCalls } from "./repository.ts";

/** What is stored of a hook, besides its secret. */
export const StoredHook = NewHook.omit({ name: true, secret: true }).extend({ owner: z.string() });

/** Hooks: looking after them. */
export class Hooks {
  readonly #context: Context;
  readonly #actions: Actions;
  readonly #definitions: Definitions;

  constructor(context: Context) {
    this.#context = context;
    this.#actions = new Actions(context);
    this.#definitions = new Definitions(context, { table: "hooks", id: "hook_id", noun: "hook", resource: "hook" });
  }

  async list(query: RequestOf<"listHooks">["query"]): Promise<ResponseOf<"listHooks">> {
    const { rows, next_cursor } = await this.#definitions.list(query);
    return { items: rows.map(toHook), next_cursor };
  }

  /** @throws ApiError not_found */
  async get(hookId: string): Promise<Hook> {
    return toHook(await this.#definitions.get(hookId));
  }

  /** @throws ApiError not_found for its action, conflict when the name is taken */
  async create(hook: NewHook, actor: Actor): Promise<Hook> {
    await this.#actions.get(hook.action_template_id);
    return toHook(await this.#definitions.create(this.#store(hook, actor), actor));
  }

  /** @throws ApiError not_found, precondition_failed, conflict when the name is taken */
  async update(hookId: string, hook: ChangedHook, version: number | undefined, actor: Actor): Promise<Hook> {
    await this.#actions.get(hook.action_template_id);
    return toHook(await this.#definitions.update(hookId, this.#store(hook, actor), version, actor));
  }

  /** @throws ApiError not_found, precondition_failed */
  async delete(hookId: string, version: number | undefined, actor: Actor): Promise<void> {
    await this.#definitions.delete(hookId, version, actor);
  }

  /** @throws ApiError not_found */
  async calls(hookId: string, query: RequestOf<"listHookCalls">["query"]): Promise<ResponseOf<"listHookCalls">> {
    await this.#definitions.get(hookId);
    return await listCalls(this.#context.database, hookId, query);
  }

  #store({ name, secret, ...shown }: ChangedHook, { id: owner }: Actor): NewDefinition {
    const sealed = secret === undefined ? {} : { sealed: this.#context.sealing.seal(secret) };
    return { name, definition: { ...shown, owner }, ...sealed };
  }
}

function toHook(row: Definition): Hook {
  const { id: hook_id, name, version } = row;
  return { hook_id, name, ...StoredHook.parse(row.definition), version, metadata: metadataOf(row) };
}
