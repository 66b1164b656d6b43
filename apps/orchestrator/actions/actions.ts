import {
  type Action,
  type ActionVersion,
  type Actor,
  ApiError,
  differences,
  NewAction,
  policyFaults,
  type RequestOf,
  type ResponseOf,
} from "@homeslice/protocol";
import type { Selectable } from "kysely";
import { type Resource, recordChange } from "../audit/audit.ts";
import type { Context } from "../context.ts";
import type { ActionsTable } from "../database/actionTables.ts";
import type { Connection } from "../database/database.ts";
import { writeNamed } from "../definitions/naming.ts";
import { preconditionFailed } from "../http/errors.ts";
import * as repository from "./repository.ts";
import { sampleActions } from "./samples/index.ts";
import { templateFaults } from "./template.ts";
import { findVersion, listVersions } from "./versions.ts";

/** Action templates: the rules. */
export class Actions {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  async list(query: RequestOf<"listActions">["query"]): Promise<ResponseOf<"listActions">> {
    const { rows, next_cursor } = await repository.listActions(this.#context.database, query);
    return { items: rows.map(toAction), next_cursor };
  }

  /** @throws ApiError not_found */
  async get(actionId: string, connection: Connection = this.#context.database): Promise<Action> {
    const action = await this.find(actionId, connection);
    if (action === undefined) throw new ApiError("not_found", `there is no action ${actionId}`);
    return action;
  }

  async find(actionId: string, connection: Connection): Promise<Action | undefined> {
    const row = await repository.findAction(connection, actionId);
    return row && toAction(row);
  }

  /** @throws ApiError invalid_request when the template cannot work, conflict when the name is taken */
  async create(action: NewAction, actor: Actor): Promise<Action> {
    refuseFaulty(action);
    return await writeNamed(this.#context.database, "action", action.name, async (transaction) => {
      const row = await repository.insertAction(transaction, action, actor.id);
      await recordChange(transaction, actor, "action.created", resource(row.action_id, action), { version: 1 });
      return toAction(row);
    });
  }

  /** Adds the sample templates whose names are not taken; asking again adds nothing. */
  async addSamples(actor: Actor): Promise<ResponseOf<"addSampleActions">> {
    const items: Action[] = [];
    for (const sample of sampleActions()) {
      if (await repository.hasActionNamed(this.#context.database, sample.name)) continue;
      items.push(await this.create(sample, actor));
    }
    return { items };
  }

  /**
   * Replaces an action, as its next version. What was started from an older one is not touched.
   * @throws ApiError not_found, precondition_failed when it is not in the version that the caller has seen, and as `create`
   */
  async update(actionId: string, action: NewAction, version: number | undefined, actor: Actor): Promise<Action> {
    return await this.#change(actionId, action, actor, { by: actor.id, version });
  }

  /** @throws ApiError not_found */
  async versions(
    actionId: string,
    query: RequestOf<"listActionVersions">["query"],
  ): Promise<ResponseOf<"listActionVersions">> {
    await this.get(actionId);
    return await listVersions(this.#context.database, actionId, query);
  }

  /** @throws ApiError not_found */
  async version(actionId: string, version: number): Promise<ActionVersion> {
    await this.get(actionId);
    const found = await findVersion(this.#context.database, actionId, version);
    if (found !== undefined) return found;
    throw new ApiError("not_found", `action ${actionId} has no version ${version}`, {
      fix: "list its versions to see which there are",
    });
  }

  /** What differs between two versions: by default, what the newest changed. @throws ApiError not_found */
  async compare(
    actionId: string,
    { from, to }: RequestOf<"compareActionVersions">["query"],
  ): Promise<ResponseOf<"compareActionVersions">> {
    const after = await this.version(actionId, to ?? (await this.get(actionId)).version);
    const before = await this.version(actionId, from ?? Math.max(1, after.version - 1));
    return { from: before.version, to: after.version, changes: differences(before.definition, after.definition) };
  }

  /** Takes up an older definition again, as the next version. @throws ApiError as `update` */
  async restore(actionId: string, older: number, version: number | undefined, actor: Actor): Promise<Action> {
    const { definition } = await this.version(actionId, older);
    return await this.#change(actionId, definition, actor, { by: actor.id, version, restores: older });
  }

  async #change(actionId: string, action: NewAction, actor: Actor, change: repository.Change): Promise<Action> {
    refuseFaulty(action);
    const { restores } = change;
    const updated = await writeNamed(this.#context.database, "action", action.name, async (transaction) => {
      const row = await repository.updateAction(transaction, actionId, action, change);
      if (row === undefined) return undefined;
      const details = { version: row.version, ...(restores === undefined ? {} : { restored_from: restores }) };
      await recordChange(transaction, actor, "action.updated", resource(actionId, action), details);
      return toAction(row);
    });
    if (updated !== undefined) return updated;
    const { version: current } = await this.get(actionId);
    throw preconditionFailed("action", current);
  }

  /** @throws ApiError not_found, precondition_failed */
  async delete(actionId: string, version: number | undefined, actor: Actor): Promise<void> {
    await this.#context.database.transaction().execute(async (transaction) => {
      if (!(await repository.deleteAction(transaction, actionId, version))) {
        const { version: current } = await this.get(actionId, transaction);
        throw preconditionFailed("action", current);
      }
      await recordChange(transaction, actor, "action.deleted", resource(actionId));
    });
  }

  /** Whether an action can run as it stands, and what is wrong with it. @throws ApiError not_found */
  async validate(actionId: string): Promise<ResponseOf<"validateAction">> {
    return check(await this.get(actionId));
  }
}

/** What is wrong with a template, whether it is stored or not. */
export function check(action: NewAction): ResponseOf<"checkAction"> {
  const errors = faultsOf(action).map(({ path, message }) => ({ path: path.replace(/^body\./, ""), message }));
  return { valid: errors.length === 0, errors };
}

function faultsOf(action: NewAction): { path: string; message: string }[] {
  return [...templateFaults(action), ...policyFaultsOf(action)];
}

function refuseFaulty(action: NewAction): void {
  const errors = faultsOf(action);
  if (errors.length > 0) throw new ApiError("invalid_request", "the template cannot work", { errors });
}

function policyFaultsOf({ execution_config, operation }: NewAction): { path: string; message: string }[] {
  return policyFaults(execution_config, operation).map(({ path, message }) => ({
    path: `body.execution_config.${path}`,
    message,
  }));
}

function resource(id: string, { name = null }: { name?: string | null } = {}): Resource {
  return { type: "action", id, name };
}

function toAction(row: Selectable<ActionsTable>): Action {
  return {
    ...NewAction.parse(row.definition),
    action_id: row.action_id,
    version: row.version,
    metadata: {
      created_at: row.created_at.toISOString(),
      created_by: row.created_by,
      updated_at: row.updated_at.toISOString(),
      usage_count: row.usage_count,
    },
  };
}
