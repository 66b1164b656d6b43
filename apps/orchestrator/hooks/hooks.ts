import {
  type Actor,
  ApiError,
  type Hook,
  NewHook,
  type RequestOf,
  type ResponseOf,
  SecretReference,
} from "@homeslice/protocol";
import { z } from "zod";
import { Actions } from "../actions/actions.ts";
import type { Context } from "../context.ts";
import { type Definition, Definitions, metadataOf, type NewDefinition } from "../definitions/definitions.ts";
import { Workflows } from "../workflows/workflows.ts";
import { listCalls } from "./repository.ts";

const { name: _name, ...stored } = NewHook.shape;

/** What is stored of a hook, besides its secret where that is not named. */
export const StoredHook = z.object({ ...stored, secret: SecretReference.optional(), owner: z.string() });

/** Hooks: looking after them. */
export class Hooks {
  readonly #context: Context;
  readonly #actions: Actions;
  readonly #workflows: Workflows;
  readonly #definitions: Definitions;

  constructor(context: Context) {
    this.#context = context;
    this.#actions = new Actions(context);
    this.#workflows = new Workflows(context, this.#actions);
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

  /** @throws ApiError not_found for its action or workflow, invalid_request without a secret, conflict when the name is taken */
  async create(hook: NewHook, actor: Actor): Promise<Hook> {
    if (hook.secret === undefined) throw secretMissing();
    await this.#refuseUnknown(hook);
    return toHook(await this.#definitions.create(this.#store(hook, actor), actor));
  }

  /** @throws ApiError not_found, precondition_failed, conflict when the name is taken */
  async update(hookId: string, hook: NewHook, version: number | undefined, actor: Actor): Promise<Hook> {
    await this.#refuseUnknown(hook);
    const { secret: kept } = await this.get(hookId);
    const secret = hook.secret ?? kept;
    return toHook(await this.#definitions.update(hookId, this.#store({ ...hook, secret }, actor), version, actor));
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

  /** @throws ApiError not_found */
  async #refuseUnknown({ action_template_id, workflow_id }: NewHook): Promise<void> {
    if (action_template_id !== undefined) await this.#actions.get(action_template_id);
    if (workflow_id !== undefined) await this.#workflows.get(workflow_id);
  }

  /** Without a secret, it keeps the one that is sealed. */
  #store({ name, secret, ...shown }: NewHook, { id: owner }: Actor): NewDefinition {
    const definition = { ...shown, owner };
    if (secret === undefined) return { name, definition };
    const { sealing } = this.#context;
    if (typeof secret === "string") return { name, definition, sealed: sealing.seal(secret) };
    return { name, definition: { ...definition, secret }, sealed: sealing.seal("") };
  }
}

function toHook(row: Definition): Hook {
  const { id: hook_id, name, version } = row;
  return { hook_id, name, ...StoredHook.parse(row.definition), version, metadata: metadataOf(row) };
}

function secretMissing(): ApiError {
  const errors = [{ path: "body.secret", message: "is needed to create a hook" }];
  const fix = "give one, or name a secret of the orchestrator: { secret_name: … }";
  return new ApiError("invalid_request", "the hook has no secret", { errors, fix });
}
