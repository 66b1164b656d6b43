import { type Action, ApiError, type Caller, NewAction, type RequestOf, type ResponseOf } from "@homeslice/protocol";
import type { Selectable } from "kysely";
import type { Context } from "../context.ts";
import type { ActionsTable } from "../database/tables.ts";
import { templateFaults } from "./argv.ts";
import * as repository from "./repository.ts";

/** Action templates: the rules. */
export class Actions {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  async list(query: RequestOf<"listActions">["query"]): Promise<ResponseOf<"listActions">> {
    const { limit } = query;
    const rows = await repository.listActions(this.#context.database, { ...query, limit: limit + 1 });
    const items = rows.slice(0, limit).map(toAction);
    return { items, next_cursor: rows.length > limit ? (items.at(-1)?.action_id ?? null) : null };
  }

  /** @throws ApiError not_found */
  async get(actionId: string): Promise<Action> {
    const row = await repository.findAction(this.#context.database, actionId);
    if (row === undefined) throw new ApiError("not_found", `there is no action ${actionId}`);
    return toAction(row);
  }

  /** @throws ApiError invalid_request when the template cannot work, conflict when the name is taken */
  async create(action: NewAction, caller: Caller): Promise<Action> {
    const faults = templateFaults(action);
    if (faults.length > 0) throw new ApiError("invalid_request", "the template cannot work", { errors: faults });
    const row = await repository.insertAction(this.#context.database, action, caller.subject);
    if (row === undefined) {
      throw new ApiError("conflict", `there is an action named "${action.name}" already`, {
        fix: "choose another name",
      });
    }
    return toAction(row);
  }
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
