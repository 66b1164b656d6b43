import { type Actor, ApiError, type AuditEventType } from "@homeslice/protocol";
import { sql } from "kysely";
import { type Resource, recordChange } from "../audit/audit.ts";
import type { Context } from "../context.ts";
import type { Connection } from "../database/database.ts";
import { containing, type ListOrder, Page, textKey } from "../database/keyset.ts";
import { ofTenant } from "../database/tenancy.ts";
import { preconditionFailed } from "../http/errors.ts";
import { writeNamed } from "./naming.ts";

/** A kind of thing that people of a tenant define: it has a name that is unique, and a version that grows. */
export interface Kind {
  readonly table:
    | "approval_rules"
    | "notification_rules"
    | "notification_channels"
    | "hooks"
    | "workflows"
    | "secrets"
    | "report_schedules"
    | "role_bindings";
  readonly id:
    | "rule_id"
    | "channel_id"
    | "hook_id"
    | "workflow_id"
    | "secret_id"
    | "report_schedule_id"
    | "role_binding_id";
  /** What messages call it. */
  readonly noun: string;
  /** What the audit log calls it. */
  readonly resource:
    | "approval_rule"
    | "notification_rule"
    | "notification_channel"
    | "hook"
    | "workflow"
    | "secret"
    | "report_schedule"
    | "role_binding";
}

/** One of them, as it is stored: a table may have further columns of its own. */
export interface Definition {
  readonly id: string;
  readonly name: string;
  readonly definition: unknown;
  readonly version: number;
  readonly created_at: Date;
  readonly created_by: string;
  readonly updated_at: Date;
}

/** What is stored of a definition. */
export interface NewDefinition {
  readonly name: string;
  /** Everything that may be shown. */
  readonly definition: object;
  /** What never is, sealed. */
  readonly sealed?: Buffer;
}

/** How a list of definitions is asked for. */
export interface DefinitionListing {
  readonly sort: "created" | "-created" | "name" | "-name";
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly search?: string | undefined;
}

/** Looks after what people define of one kind: every change is in the audit log, and none overwrites one unseen. */
export class Definitions {
  readonly #context: Context;
  readonly #kind: Kind;
  readonly #order: ListOrder<"created" | "name">;

  constructor(context: Context, kind: Kind) {
    this.#context = context;
    this.#kind = kind;
    this.#order = { id: { column: kind.id, type: "uuid" }, keys: { created: undefined, name: textKey("name") } };
  }

  async list(listing: DefinitionListing): Promise<{ rows: Definition[]; next_cursor: string | null }> {
    const page = new Page(this.#order, listing);
    const { rows } = await sql<Definition & { place_value: string | null; place_id: string }>`
      select ${this.#columns}, ${sql.join(page.place)} from ${this.#table}
      where ${ofTenant} and ${page.follows}
        and ${listing.search === undefined ? sql`true` : containing(listing.search, "name")}
      order by ${page.orderBy} limit ${page.limit}`.execute(this.#context.database);
    return page.of(rows);
  }

  /** @throws ApiError not_found */
  async get(id: string, connection: Connection = this.#context.database): Promise<Definition> {
    const { rows } = await sql<Definition>`
      select ${this.#columns} from ${this.#table} where ${this.#id} = ${id}`.execute(connection);
    return rows[0] ?? this.#missing(id);
  }

  /** @throws ApiError conflict when the name is taken */
  async create(values: NewDefinition, actor: Actor): Promise<Definition> {
    return await writeNamed(this.#context.database, this.#kind.noun, values.name, async (transaction) => {
      const { name, definition, sealed } = values;
      const { rows } = await sql<Definition>`
        insert into ${this.#table} (name, definition, created_by${sealed ? sql`, sealed` : sql``})
        values (${name}, ${JSON.stringify(definition)}, ${actor.id}${sealed ? sql`, ${sealed}` : sql``})
        returning ${this.#columns}`.execute(transaction);
      const row = rows[0] ?? this.#missing(name);
      await this.#record(transaction, actor, "created", row);
      return row;
    });
  }

  /** @throws ApiError not_found, precondition_failed when it is not in the version given, conflict when the name is taken */
  async update(id: string, values: NewDefinition, version: number | undefined, actor: Actor): Promise<Definition> {
    return await writeNamed(this.#context.database, this.#kind.noun, values.name, async (transaction) => {
      const { name, definition, sealed } = values;
      const { rows } = await sql<Definition>`
        update ${this.#table} set name = ${name}, definition = ${JSON.stringify(definition)}, version = version + 1,
          updated_at = now()${sealed ? sql`, sealed = ${sealed}` : sql``}
        where ${this.#isSeen(id, version)} returning ${this.#columns}`.execute(transaction);
      const row = rows[0] ?? (await this.#changed(id, transaction));
      await this.#record(transaction, actor, "updated", row);
      return row;
    });
  }

  /** @throws ApiError not_found, precondition_failed when it is not in the version given */
  async delete(id: string, version: number | undefined, actor: Actor): Promise<void> {
    await this.#context.database.transaction().execute(async (transaction) => {
      const { rows } = await sql<Definition>`
        delete from ${this.#table} where ${this.#isSeen(id, version)} returning ${this.#columns}`.execute(transaction);
      await this.#record(transaction, actor, "deleted", rows[0] ?? (await this.#changed(id, transaction)));
    });
  }

  get #table() {
    return sql.table(this.#kind.table);
  }

  get #id() {
    return sql.ref(this.#kind.id);
  }

  get #columns() {
    return sql`${this.#id} as id, name, definition, version, created_at, created_by, updated_at`;
  }

  #isSeen(id: string, version: number | undefined) {
    const same = version === undefined ? sql`` : sql` and version = ${version}`;
    return sql`${this.#id} = ${id}${same}`;
  }

  #missing(id: string): never {
    throw new ApiError("not_found", `there is no ${this.#kind.noun} ${id}`);
  }

  async #changed(id: string, connection: Connection): Promise<never> {
    throw preconditionFailed(this.#kind.noun, (await this.get(id, connection)).version);
  }

  async #record(
    transaction: Connection,
    actor: Actor,
    change: "created" | "updated" | "deleted",
    { id, name, version, definition }: Definition,
  ): Promise<void> {
    const event: AuditEventType = `${this.#kind.resource}.${change}`;
    const resource: Resource = { type: this.#kind.resource, id, name };
    await recordChange(transaction, actor, event, resource, { version, definition });
  }
}

/** What every definition says of itself. */
export function metadataOf({ created_at, created_by, updated_at }: Definition) {
  return { created_at: created_at.toISOString(), created_by, updated_at: updated_at.toISOString() };
}
