import {
  type Actor,
  ApiError,
  type Execution,
  type NewExecution,
  type Operation,
  type RequestOf,
  type ResponseOf,
} from "@homeslice/protocol";
import type { Actions } from "../actions/actions.ts";
import { countUse } from "../actions/repository.ts";
import { renderOperation } from "../actions/template.ts";
import { recordChange } from "../audit/audit.ts";
import type { Context } from "../context.ts";
import type { Connection } from "../database/database.ts";
import { readLines } from "../logs/repository.ts";
import { missingServers } from "../servers/repository.ts";
import { claimKey } from "./idempotency.ts";
import * as queries from "./queries.ts";
import * as repository from "./repository.ts";

const DEFAULT_TIMEOUT_SECONDS = 3_600;

/** Starting, showing and cancelling executions: the rules. What runs them is the dispatcher. */
export class Executions {
  readonly #context: Context;
  readonly #actions: Actions;

  constructor(context: Context, actions: Actions) {
    this.#context = context;
    this.#actions = actions;
  }

  /**
   * Queues an execution durably; it starts as soon as an agent has room.
   * @param key makes it safe to ask again: the same key starts nothing twice
   * @throws ApiError
   */
  async start(request: NewExecution, actor: Actor, key?: string): Promise<Execution> {
    const { database, bus } = this.#context;
    const executionId = await database.transaction().execute(async (transaction) => {
      const repeatable = key === undefined ? undefined : { subject: actor.id, key, request };
      const claim = repeatable && (await claimKey(transaction, repeatable));
      if (claim?.isNew === false) return claim.executionId;
      return await this.#insert(transaction, request, actor, claim?.executionId);
    });
    bus.publish({ kind: "work" });
    return await this.get(executionId);
  }

  async #insert(transaction: Connection, request: NewExecution, actor: Actor, executionId: string | undefined) {
    const serverIds = [...new Set(request.target_servers)];
    const missing = await missingServers(transaction, serverIds);
    if (missing.length > 0) throw new ApiError("not_found", `there is no server ${missing.join(", ")}`);
    const work = await this.#resolve(transaction, request);
    if (work.actionId !== null) await countUse(transaction, work.actionId);
    const id = await repository.insertExecution(transaction, {
      ...work,
      executionId,
      initiatedBy: actor.id,
      serverIds,
    });
    const details = { operation: work.operation, action_template_id: work.actionId, target_servers: serverIds };
    await recordChange(transaction, actor, "execution.started", { type: "execution", id }, details);
    return id;
  }

  /** What is to run, fixed at this moment: a later change of the template does not reach it. */
  async #resolve(transaction: Connection, request: NewExecution) {
    const { action_template_id: actionId = null, parameters, operation, dry_run } = request;
    if (actionId === null) {
      if (operation === undefined) throw new ApiError("invalid_request", "give either an action or an operation");
      const timeoutSeconds = request.timeout_seconds ?? DEFAULT_TIMEOUT_SECONDS;
      return { actionId, operation: rehearsed(operation, dry_run), parameters, timeoutSeconds, successExitCode: 0 };
    }
    const action = await this.#actions.get(actionId, transaction);
    return {
      actionId,
      operation: rehearsed(renderOperation(action, parameters), dry_run),
      parameters,
      timeoutSeconds: request.timeout_seconds ?? action.execution_config.timeout_seconds,
      successExitCode: action.success_criteria.exit_code,
    };
  }

  /** @throws ApiError not_found */
  async get(executionId: string): Promise<Execution> {
    const execution = await queries.findExecution(this.#context.database, executionId);
    if (execution === undefined) throw new ApiError("not_found", `there is no execution ${executionId}`);
    return execution;
  }

  async list(query: RequestOf<"listExecutions">["query"]): Promise<ResponseOf<"listExecutions">> {
    const { limit } = query;
    const found = await queries.listExecutions(this.#context.database, { ...query, limit: limit + 1 });
    const items = found.slice(0, limit);
    return { items, next_cursor: found.length > limit ? (items.at(-1)?.execution_id ?? null) : null };
  }

  async logs(executionId: string, query: RequestOf<"getExecutionLogs">["query"]) {
    await this.get(executionId);
    return { items: await readLines(this.#context.database, { execution_id: executionId, ...query }) };
  }

  /** Cancels what has not ended yet; asking again changes nothing. @throws ApiError not_found */
  async cancel(executionId: string, actor: Actor): Promise<Execution> {
    const { database, bus } = this.#context;
    await this.get(executionId);
    const servers = await database.transaction().execute(async (transaction) => {
      await recordChange(transaction, actor, "execution.cancelled", { type: "execution", id: executionId });
      return await repository.requestCancel(transaction, executionId);
    });
    for (const server_id of servers) bus.publish({ kind: "server", server_id });
    bus.publish({ kind: "execution", execution_id: executionId });
    return await this.get(executionId);
  }
}

function rehearsed(operation: Operation, dryRun: boolean): Operation {
  return dryRun ? { ...operation, dry_run: true } : operation;
}
