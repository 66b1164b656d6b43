import { type Actor, ApiError, isFinal, type NewExecution } from "@homeslice/protocol";
import { countUse } from "../actions/repository.ts";
import { insertApproval } from "../approvals/repository.ts";
import { insertChange } from "../audit/audit.ts";
import type { Connection } from "../database/database.ts";
import { together } from "../database/together.ts";
import { refuseFullQueue } from "../limits/limits.ts";
import { announceRequest } from "../notifications/announce.ts";
import { type ClaimedRow, claim } from "./claim.ts";
import { type Conditions, findConditions, selectConditions, toConditions } from "./conditions.ts";
import type { Claimable } from "./handover.ts";
import {
  type ActionSource,
  decideWork,
  namedServers,
  type Plan,
  planExecution,
  planOf,
  type Work,
} from "./planning.ts";
import * as repository from "./repository.ts";
import { inOrder, selectByIds } from "./selection.ts";

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

/** All that is decided of a start, and nothing stored. */
export interface Start {
  readonly origin: Origin;
  readonly draft: Omit<repository.NewExecutionRow, "executionId" | "batchId"> & {
    /** Default: the execution is the only one of its batch. */
    readonly batchId: string | undefined;
  };
  readonly conditions: Conditions;
}

/** An execution that was stored, and what of it was claimed. */
export interface Started {
  readonly row: repository.NewExecutionRow;
  readonly conditions: Conditions;
  readonly claimed: readonly ClaimedRow[];
}

/** Plans the start of an execution, by how things are now. @throws ApiError not_found, invalid_request */
export async function planStart(
  transaction: Connection,
  actions: ActionSource,
  request: NewExecution,
  origin: Origin,
): Promise<Start> {
  const { conditions, plan } = await planUnderConditions(transaction, actions, request);
  const { targets, excluded: _excluded, ...work } = plan;
  const unscheduled = targets.length === 1 ? "single" : "bulk";
  const draft = {
    ...work,
    batchId: request.batch_id,
    retryOf: null,
    executionType: origin.scheduleId === undefined ? unscheduled : "scheduled",
    initiatedBy: origin.initiatedBy,
    parameters: request.parameters,
    priority: request.priority,
    queueExpiresSeconds: request.queue_expires_seconds,
    serverIds: idsOf(plan),
  } as const;
  return { origin, draft, conditions };
}

async function planUnderConditions(
  transaction: Connection,
  actions: ActionSource,
  request: NewExecution,
): Promise<{ plan: Plan; conditions: Conditions }> {
  if (request.targets !== undefined) {
    const plan = await planExecution(transaction, actions, request);
    return { plan, conditions: await findConditions(transaction, { ...plan, serverIds: idsOf(plan) }) };
  }
  const work: Work = await decideWork(transaction, actions, request);
  const serverIds = namedServers(request);
  // Nobody waits for the servers: those that are named are all.
  const [servers, conditions] = await together(transaction, (send) =>
    Promise.all([
      send(selectByIds(transaction, { serverIds })),
      send(selectConditions(transaction, { ...work, serverIds })),
    ]),
  );
  return { plan: planOf(work, request, inOrder(serverIds, servers)), conditions: toConditions(conditions) };
}

function idsOf({ targets }: Plan): string[] {
  return targets.map(({ server_id }) => server_id);
}

/** Plans to do again what an execution has not done. @throws ApiError not_found, conflict */
export async function planRetry(transaction: Connection, executionId: string, actor: Actor): Promise<Start> {
  const before = await repository.findStart(transaction, executionId);
  if (before === undefined) throw noExecution(executionId);
  if (!isFinal(before.state)) {
    throw new ApiError("conflict", "the execution is still going on", { fix: "wait for its end, or cancel it" });
  }
  const serverIds = await repository.findUnsuccessful(transaction, executionId);
  if (serverIds.length === 0) {
    throw new ApiError("conflict", "there is no server, still registered, on which it did not succeed");
  }
  const draft = {
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
  } as const;
  return { origin: { actor, initiatedBy: actor.id }, draft, conditions: await findConditions(transaction, draft) };
}

/** What is said of an id that no execution has. */
export function noExecution(executionId: string): ApiError {
  return new ApiError("not_found", `there is no execution ${executionId}`);
}

/**
 * Stores an execution, and claims at once what may be claimed of it.
 * @param executionId its id, where that is decided already
 * @throws ApiError queue_full
 */
export async function storeStart(
  transaction: Connection,
  { origin, draft, conditions }: Start,
  claimable: Claimable,
  executionId = conditions.executionId,
): Promise<Started> {
  if (conditions.isLimited) await refuseFullQueue(transaction, draft.serverIds.length);
  const demand = draft.operation.dry_run ? undefined : conditions.demand;
  const row = { ...draft, executionId, batchId: draft.batchId ?? executionId };
  const { actionId } = row;
  const options = demand === undefined ? claimable(row.serverIds) : undefined;
  const [, , , claimed] = await together(transaction, (send) =>
    Promise.all([
      send(repository.insertExecution(transaction, row, demand !== undefined)),
      send(insertStarted(transaction, origin, row, demand?.rules)),
      // Behind what others need not wait for: all starts of one action wait for each other here.
      actionId === null ? [] : send(countUse(transaction, actionId)),
      options === undefined ? [] : send(claim(transaction, options)),
    ]),
  );
  if (demand !== undefined) {
    await insertApproval(transaction, executionId, demand);
    await announceRequest(transaction, executionId);
  }
  return { row, conditions: { ...conditions, demand }, claimed };
}

function insertStarted(
  transaction: Connection,
  { actor, scheduleId, workflowRunId }: Origin,
  { executionId, operation, actionId, actionVersion, retryOf, serverIds, initiatedBy }: repository.NewExecutionRow,
  rules: readonly string[] | undefined,
) {
  return insertChange(
    transaction,
    actor,
    "execution.started",
    { type: "execution", id: executionId, affected: serverIds.length },
    {
      operation,
      action_template_id: actionId,
      ...(actionVersion === null ? {} : { action_version: actionVersion }),
      target_servers: serverIds,
      ...(rules === undefined ? {} : { needs_approval_by: rules }),
      ...(retryOf === null ? {} : { retry_of: retryOf }),
      ...(scheduleId === undefined ? {} : { schedule_id: scheduleId, initiated_by: initiatedBy }),
      ...(workflowRunId === undefined ? {} : { run_id: workflowRunId, initiated_by: initiatedBy }),
    },
  );
}
