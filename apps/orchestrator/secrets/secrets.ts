import {
  type Actor,
  ApiError,
  NewSecret,
  type RequestOf,
  type ResponseOf,
  Secret,
  SecretSource,
} from "@homeslice/protocol";
import { recordChange } from "../audit/audit.ts";
import type { Context } from "../context.ts";
import { type Definition, Definitions, metadataOf, type NewDefinition } from "../definitions/definitions.ts";
import { resealAll } from "./reseal.ts";

/** Secrets that actions may ask for: looking after them. No value ever comes back out. */
export class Secrets {
  readonly #context: Context;
  readonly #definitions: Definitions;

  constructor(context: Context) {
    this.#context = context;
    const kind = { table: "secrets", id: "secret_id", noun: "secret", resource: "secret" } as const;
    this.#definitions = new Definitions(context, kind);
  }

  async list(query: RequestOf<"listSecrets">["query"]): Promise<ResponseOf<"listSecrets">> {
    const { rows, next_cursor } = await this.#definitions.list(query);
    return { items: rows.map(toSecret), next_cursor };
  }

  /** @throws ApiError not_found */
  async get(secretId: string): Promise<Secret> {
    return toSecret(await this.#definitions.get(secretId));
  }

  /** @throws ApiError invalid_request without a value, conflict when the name is taken */
  async create(secret: NewSecret, actor: Actor): Promise<Secret> {
    if (!SecretSource.safeParse(secret.source).success) throw valueMissing();
    return toSecret(await this.#definitions.create(this.#store(secret), actor));
  }

  /** @throws ApiError as `create`, not_found, precondition_failed */
  async update(secretId: string, secret: NewSecret, version: number | undefined, actor: Actor): Promise<Secret> {
    const { source: before } = await this.get(secretId);
    if (before.type !== "value" && !SecretSource.safeParse(secret.source).success) throw valueMissing();
    return toSecret(await this.#definitions.update(secretId, this.#store(secret), version, actor));
  }

  /** @throws ApiError not_found, precondition_failed */
  async delete(secretId: string, version: number | undefined, actor: Actor): Promise<void> {
    await this.#definitions.delete(secretId, version, actor);
  }

  /** Seals everything with the first key, whosever it is. */
  async reseal(actor: Actor): Promise<ResponseOf<"resealSecrets">> {
    const resealed = await resealAll(this.#context.databases.system, this.#context.sealing);
    await recordChange(this.#context.database, actor, "secret.resealed", { type: "secret", id: "all" }, { resealed });
    return { resealed };
  }

  #store({ name, description, source }: NewSecret): NewDefinition {
    const definition = { description, source: shownOf(source) };
    const given = SecretSource.safeParse(source);
    if (!given.success) return { name, definition };
    return { name, definition, sealed: this.#context.sealing.seal(JSON.stringify(given.data)) };
  }
}

const Shown = NewSecret.pick({ description: true }).extend({ source: Secret.shape.source });

function shownOf(source: NewSecret["source"]): Secret["source"] {
  return source.type === "value" ? { type: "value" } : source;
}

function toSecret(row: Definition): Secret {
  const { id: secret_id, name, version } = row;
  return { secret_id, name, ...Shown.parse(row.definition), version, metadata: metadataOf(row) };
}

function valueMissing(): ApiError {
  const errors = [{ path: "body.source.value", message: "is needed: there is none that it could keep" }];
  return new ApiError("invalid_request", "the secret has no value", {
    errors,
    fix: "create it by the API: its value belongs in no file",
  });
}
