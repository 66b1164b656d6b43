import type { Actor, Execution, ExecutionPreview, NewExecution, RequestOf, ResponseOf } from "@homeslice/protocol";
import { setStatus } from "../approvals/repository.ts";
import { recordChange } from "../audit/audit.ts";
import type { Context } from "../context.ts";
import { type Connection, transact } from "../database/database.ts";
import { workOn } from "../live/bus.ts";
import { readLines } from "../logs/repository.ts";
import { settle } from "./endings.ts";
import { claimKey } from "./idempotency.ts";
import { type ActionSource, planExecution } from "./planning.ts";
import * as queries from "./queries.ts";
import * as repository from "./repository.ts";
import { toStarted } from "./startedView.ts";
import { noExecution, type Origin, planRetry, planStart, type Start, type Started, storeStart } from "./starts.ts";
import { readStatistics } from "./statistics.ts";
import { requestCancel } from "./targets.ts";

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
    const origin = { actor, initiatedBy: actor.id };
    return await this.#startOnce(request, actor, key, (transaction) =>
      planStart(transaction, this.#actions, request, origin),
    );
  }

  /**
   * Queues an execution of a schedule, hook or workflow in the transaction of its caller, who tells the dispatchers afterwards.
   * @returns its id
   * @throws ApiError with nothing written
   */
  async startWithin(transaction: Connection, request: NewExecution, origin: Origin): Promise<string> {
    const start = await planStart(transaction, this.#actions, request, origin);
    return (await storeStart(transaction, start, () => undefined)).row.executionId;
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
    return await this.#startOnce({ retry_of: executionId }, actor, key, (transaction) =>
      planRetry(transaction, executionId, actor),
    );
  }

  /** Does the rest of a start, once for each key. */
  async #startOnce(
    request: object,
    actor: Actor,
    key: string | undefined,
    plan: (transaction: Connection) => Promise<Start>,
  ): Promise<Execution> {
    const { starts, handover } = this.#context;
    const { started, executionId } = await handover.starting((claimable) =>
      transact(starts, async (transaction) => {
        const known = key === undefined ? undefined : await claimKey(transaction, { subject: actor.id, key, request });
        if (known?.isNew === false) return { executionId: known.executionId, claimed: [] };
        const started = await storeStart(transaction, await plan(transaction), claimable, known?.executionId);
        return { started, executionId: started.row.executionId, claimed: started.claimed };
      }),
    );
    return started === undefined ? await this.get(executionId) : await this.#announce(started);
  }

  /** Tells the dispatchers of what was not claimed. @returns the execution as it was stored: that is sooner told than read */
  async #announce(started: Started): Promise<Execution> {
    const { database, bus, now } = this.#context;
    const { row, claimed } = started;
    const begun = new Set(
      claimed.flatMap(({ execution_id, server_id }) => (execution_id === row.executionId ? server_id : [])),
    );
    const waiting = row.serverIds.filter((id) => !begun.has(id));
    if (waiting.length > 0) bus.publish(workOn(waiting));
    const usual = row.actionId === null ? undefined : await queries.usualSeconds(database, row.actionId);
    return toStarted(started, begun, usual, now());
  }

  /** @throws ApiError not_found */
  async get(executionId: string, output: queries.OutputParts = "tail"): Promise<Execution> {
    const { database, now } = this.#context;
    const execution = await queries.findExecution(database, executionId, now(), output);
    if (execution === undefined) throw noExecution(executionId);
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
    if ((await repository.findStart(this.#context.database, executionId)) === undefined) throw noExecution(executionId);
  }
}
