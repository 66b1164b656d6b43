import { type Actor, NewSecret, type RequestOf, type ResponseOf, Secret, type SecretSource } from "@homeslice/protocol";
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

  /** @throws ApiError conflict when the name is taken */
  async create(secret: NewSecret, actor: Actor): Promise<Secret> {
    return toSecret(await this.#definitions.create(this.#store(secret), actor));
  }

  /** @throws ApiError not_found, precondition_failed, conflict when the name is taken */
  async update(secretId: string, secret: NewSecret, version: number | undefined, actor: Actor): Promise<Secret> {
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
    const sealed = this.#context.sealing.seal(JSON.stringify(source));
    return { name, definition: { description, source: shownOf(source) }, sealed };
  }
}

const Shown = NewSecret.pick({ description: true }).extend({ source: Secret.shape.source });

function shownOf(source: SecretSource): Secret["source"] {
  return source.type === "value" ? { type: "value" } : source;
}

function toSecret(row: Definition): Secret {
  const { id: secret_id, name, version } = row;
  return { secret_id, name, ...Shown.parse(row.definition), version, metadata: metadataOf(row) };
}
