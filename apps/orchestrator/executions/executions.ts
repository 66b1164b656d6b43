import { setImmediate } from "node:timers/promises";
import {
  type Actor,
  ApiError,
  type Execution,
  type ExecutionPreview,
  isFinal,
  type NewExecution,
  type RequestOf,
  type ResponseOf,
} from "@homeslice/protocol";
import { countUse } from "../actions/repository.ts";
import { insertApproval, setStatus } from "../approvals/repository.ts";
import { recordChange } from "../audit/audit.ts";
import type { Context } from "../context.ts";
import { type Connection, transact } from "../database/database.ts";
import { refuseFullQueue } from "../limits/limits.ts";
import { workOn } from "../live/bus.ts";
import { readLines } from "../logs/repository.ts";
import { announceRequest } from "../notifications/announce.ts";
import { findConditions } from "./conditions.ts";
import { settle } from "./endings.ts";
import { claimKey } from "./idempotency.ts";
import { type ActionSource, planExecution } from "./planning.ts";
import * as queries from "./queries.ts";
import * as repository from "./repository.ts";
import { readStatistics } from "./statistics.ts";
import { requestCancel } from "./targets.ts";

/** Who or what starts an execution. */
export interface Origin {
  /** Whom the audit log names. */
  readonly actor: Actor;
  /** Whose execution it is. */
  readonly initiatedBy: string;
  /** The schedule that it is of. */
  readonly scheduleId?: string;
  /** The run of a workflow that it is a step of. */
  readonly workflowRunId?: string;
}

/** An execution that was stored, and the servers on which it waits. */
interface Started {
  readonly executionId: string;
  readonly serverIds: readonly string[];
}

/** Starting, showing and cancelling executions: the rules. What runs them is the dispatcher. */
export class Executions {
  readonly #context: Context;
  readonly #actions: ActionSource;

  constructor(context: Context, actions: ActionSource) {
    this.#context = context;
    this.#actions = actions;
  }

  /**
   * Queues an execution durably, on the servers that fit now; it starts as soon as an agent has room.
   * @param key makes it safe to ask again: the same key starts nothing twice
   * @throws ApiError
   */
  async start(request: NewExecution, actor: Actor, key?: string): Promise<Execution> {
    return await this.#startOnce(request, actor, key, (transaction, executionId) =>
      this.#plan(transaction, executionId, request, { actor, initiatedBy: actor.id }),
    );
  }

  /**
   * Queues an execution of a schedule, hook or workflow in the transaction of its caller, who tells the dispatchers afterwards.
   * @returns its id
   * @throws ApiError with nothing written
   */
  async startWithin(transaction: Connection, request: NewExecution, origin: Origin): Promise<string> {
    return (await this.#plan(transaction, undefined, request, origin)).executionId;
  }

  async #plan(
    transaction: Connection,
    executionId: string | undefined,
    request: NewExecution,
    origin: Origin,
  ): Promise<Started> {
    const { targets, excluded: _excluded, ...plan } = await planExecution(transaction, this.#actions, request);
    const serverIds = targets.map(({ server_id }) => server_id);
    const unscheduled = serverIds.length === 1 ? "single" : "bulk";
    return await this.#insert(transaction, origin, {
      ...plan,
      executionId,
      batchId: request.batch_id,
      retryOf: null,
      executionType: origin.scheduleId === undefined ? unscheduled : "scheduled",
      initiatedBy: origin.initiatedBy,
      parameters: request.parameters,
      priority: request.priority,
      queueExpiresSeconds: request.queue_expires_seconds,
      serverIds,
    });
  }

  /** Exactly what would run where, by how things are now. @throws ApiError as `start` */
  async preview(request: NewExecution): Promise<ExecutionPreview> {
    const plan = await planExecution(this.#context.database, this.#actions, request);
    const batchSize = plan.batchSize ?? plan.targets.length;
    const targets = plan.targets.map(({ tags: _tags, timeout_default: _timeout, ...server }, place) => ({
      ...server,
      batch: Math.floor(place / batchSize),
    }));
    const reason = "it lacks a tag that the action asks for";
    const excluded = plan.excluded.map(({ server_id, hostname }) => ({ server_id, hostname, reason }));
    return { operation: plan.operation, targets, excluded, batches: Math.ceil(targets.length / batchSize) };
  }

  /**
   * Starts an ended execution again where it did not succeed: the same work, in a new execution.
   * @throws ApiError not_found, conflict while it is going on, or when there is nothing to try again
   */
  async retry(executionId: string, actor: Actor, key?: string): Promise<Execution> {
    return await this.#startOnce({ retry_of: executionId }, actor, key, async (transaction, newId) => {
      const before = await repository.findStart(transaction, executionId);
      if (before === undefined) throw notFound(executionId);
      if (!isFinal(before.state)) {
        throw new ApiError("conflict", "the execution is still going on", { fix: "wait for its end, or cancel it" });
      }
      const serverIds = await repository.findUnsuccessful(transaction, executionId);
      if (serverIds.length === 0) {
        throw new ApiError("conflict", "there is no server, still registered, on which it did not succeed");
      }
      return await this.#insert(
        transaction,
        { actor, initiatedBy: actor.id },
        {
          executionId: newId,
          batchId: before.batch_id,
          retryOf: executionId,
          executionType: serverIds.length === 1 ? "single" : "bulk",
          initiatedBy: actor.id,
          actionId: before.action_id,
          actionVersion: before.action_version,
          actionType: before.action_type,
          operation: before.operation,
          parameters: before.parameters,
          timeoutSeconds: before.timeout_seconds,
          policy: before.policy,
          priority: before.priority,
          queueExpiresSeconds: before.queue_expires_seconds,
          parallelism: before.parallelism,
          batchSize: before.batch_size,
          stopAfterFailures: before.stop_after_failures,
          serverIds,
        },
      );
    });
  }

  /** Does the rest of a start, which gives its servers, once for each key. */
  async #startOnce(
    request: object,
    actor: Actor,
    key: string | undefined,
    insert: (transaction: Connection, executionId: string | undefined) => Promise<Started>,
  ): Promise<Execution> {
    const { starts, bus, handover } = this.#context;
    const { executionId, serverIds } = await handover.starting((claim) =>
      transact(starts, async (transaction) => {
        const known = key === undefined ? undefined : await claimKey(transaction, { subject: actor.id, key, request });
        if (known?.isNew === false) return { executionId: known.executionId, serverIds: [] };
        const started = await insert(transaction, known?.executionId);
        const claimed = await claim(transaction, started.serverIds);
        const own = claimed.filter(({ execution_id }) => execution_id === started.executionId);
        const begun = new Set(own.map(({ server_id }) => server_id));
        return { ...started, serverIds: started.serverIds.filter((id) => !begun.has(id)) };
      }),
    );
    if (serverIds.length > 0) bus.publish(workOn(serverIds));
    // The dispatcher goes first: an answer can wait longer than the work.
    await setImmediate();
    return await this.get(executionId);
  }

  async #insert(
    transaction: Connection,
    { actor, scheduleId, workflowRunId }: Origin,
    row: repository.NewExecutionRow,
  ): Promise<Started> {
    const conditions = await findConditions(transaction, row);
    if (conditions.isLimited) await refuseFullQueue(transaction, row.serverIds.length);
    const demand = row.operation.dry_run ? undefined : conditions.demand;
    const executionId = await repository.insertExecution(transaction, row, demand !== undefined);
    if (demand !== undefined) {
      await insertApproval(transaction, executionId, demand);
      await announceRequest(transaction, executionId);
    }
    await recordChange(
      transaction,
      actor,
      "execution.started",
      { type: "execution", id: executionId, affected: row.serverIds.length },
      {
        operation: row.operation,
        action_template_id: row.actionId,
        ...(row.actionVersion === null ? {} : { action_version: row.actionVersion }),
        target_servers: row.serverIds,
        ...(demand === undefined ? {} : { needs_approval_by: demand.rules }),
        ...(row.retryOf === null ? {} : { retry_of: row.retryOf }),
        ...(scheduleId === undefined ? {} : { schedule_id: scheduleId, initiated_by: row.initiatedBy }),
        ...(workflowRunId === undefined ? {} : { run_id: workflowRunId, initiated_by: row.initiatedBy }),
      },
    );
    // Last, because all starts of one action wait for each other here.
    if (row.actionId !== null) await countUse(transaction, row.actionId);
    return { executionId, serverIds: row.serverIds };
  }

  /** @throws ApiError not_found */
  async get(executionId: string, output: queries.OutputParts = "tail"): Promise<Execution> {
    const { database, now } = this.#context;
    const execution = await queries.findExecution(database, executionId, now(), output);
    if (execution === undefined) throw notFound(executionId);
    return execution;
  }

  async list(query: RequestOf<"listExecutions">["query"]): Promise<ResponseOf<"listExecutions">> {
    return await queries.listExecutions(this.#context.database, query);
  }

  /** @throws ApiError not_found */
  async targets(
    executionId: string,
    query: RequestOf<"listExecutionTargets">["query"],
  ): Promise<ResponseOf<"listExecutionTargets">> {
    await this.#mustExist(executionId);
    return await queries.listTargets(this.#context.database, executionId, query);
  }

  async statistics({ hours }: RequestOf<"getExecutionStatistics">["query"]) {
    const { database, now } = this.#context;
    return await readStatistics(database, new Date(now().getTime() - hours * 3_600_000));
  }

  /** @throws ApiError not_found */
  async logs(executionId: string, query: RequestOf<"getExecutionLogs">["query"]) {
    await this.#mustExist(executionId);
    return { items: await readLines(this.#context.database, { execution_id: executionId, ...query }) };
  }

  /** Cancels what has not ended yet; asking again changes nothing. @throws ApiError not_found */
  async cancel(executionId: string, actor: Actor): Promise<Execution> {
    const { database, bus } = this.#context;
    await this.#mustExist(executionId);
    await transact(database, (transaction) => this.cancelWithin(transaction, executionId, actor));
    bus.publish({ kind: "cancel" });
    bus.publish({ kind: "execution", execution_id: executionId });
    return await this.get(executionId);
  }

  /** The same in the transaction of its caller, who tells the agents' links afterwards. */
  async cancelWithin(transaction: Connection, executionId: string, actor: Actor): Promise<void> {
    await setStatus(transaction, executionId, "withdrawn");
    const { ended, asked } = await requestCancel(transaction, executionId);
    await settle(transaction, ended);
    const cancelled = { type: "execution", id: executionId, affected: ended.length + asked } as const;
    await recordChange(transaction, actor, "execution.cancelled", cancelled);
  }

  async #mustExist(executionId: string): Promise<void> {
    if ((await repository.findStart(this.#context.database, executionId)) === undefined) throw notFound(executionId);
  }
}

function notFound(executionId: string): ApiError {
  return new ApiError("not_found", `there is no execution ${executionId}`);
}
