import {
  type Action,
  type Actor,
  ApiError,
  type Parameters,
  type Workflow,
  type WorkflowStart,
} from "@homeslice/protocol";
import type { Actions } from "../actions/actions.ts";
import { recordChange } from "../audit/audit.ts";
import type { Context } from "../context.ts";
import type { Connection } from "../database/database.ts";
import { hashOf, keyReused } from "../executions/idempotency.ts";
import { givenFaults } from "./faults.ts";
import { heldRun, resourceOf } from "./heldRun.ts";
import { moveOn } from "./progress.ts";
import * as repository from "./repository.ts";
import { Workflows } from "./workflows.ts";

/** Who starts a run, and why. */
export interface RunOrigin {
  readonly actor: Actor;
  readonly initiatedBy: string;
  /** Makes it safe to ask again: the same key starts nothing twice. */
  readonly key?: string;
  readonly scheduleId?: string;
}

/** A run that could be started: with its parameters and actions as they are now. */
interface Prepared {
  readonly workflow: Workflow;
  readonly actions: readonly Action[];
  readonly parameters: Parameters;
}

/** Starts runs of workflows, for people, schedules and hooks alike. */
export class WorkflowStarter {
  readonly #context: Context;
  readonly #workflows: Workflows;

  constructor(context: Context, actions: Actions) {
    this.#context = context;
    this.#workflows = new Workflows(context, actions);
  }

  /** Decides what would be started, and starts nothing. @throws ApiError not_found, invalid_request */
  async prepare(connection: Connection, { workflow_id, parameters }: WorkflowStart): Promise<Prepared> {
    const workflow = await this.#workflows.get(workflow_id, connection);
    const actions = await this.#workflows.actionsOf(workflow, connection);
    return { workflow, actions, parameters: withDefaults(workflow, parameters) };
  }

  /**
   * Starts a run in a transaction. What is refused is refused before anything is written.
   * @returns its id, or that of the run that the same key has started
   * @throws ApiError not_found, invalid_request, idempotency_key_reused
   */
  async startWithin(transaction: Connection, start: WorkflowStart, origin: RunOrigin): Promise<string> {
    const { actor, initiatedBy, key, scheduleId } = origin;
    const { workflow: found, actions, parameters } = await this.prepare(transaction, start);
    const { workflow_id, version: workflow_version, metadata: _, ...workflow } = found;
    const row = await repository.insertRun(transaction, {
      ...{ workflow_id, workflow_version, workflow, parameters },
      actions: [...actions],
      initiated_by: initiatedBy,
      start_key: key ?? null,
      request_hash: hashOf(start),
    });
    if (row === undefined) return await sameRun(transaction, start, initiatedBy, key ?? "");
    const details = { workflow_id, workflow_version, parameters };
    const indirectly = actor.id === initiatedBy ? {} : { initiated_by: initiatedBy, schedule_id: scheduleId };
    await recordChange(transaction, actor, "workflow.started", resourceOf(row), { ...details, ...indirectly });
    await moveOn(heldRun(this.#context, transaction, row));
    return row.run_id;
  }
}

/** The run that was started by the same request before. @throws ApiError idempotency_key_reused when it was another */
async function sameRun(
  transaction: Connection,
  start: WorkflowStart,
  initiatedBy: string,
  key: string,
): Promise<string> {
  const earlier = await repository.findRunOfKey(transaction, initiatedBy, key);
  if (!earlier.request_hash.equals(hashOf(start))) throw keyReused();
  return earlier.run_id;
}

/** @throws ApiError invalid_request */
function withDefaults({ parameters: defined }: Pick<Workflow, "parameters">, given: Parameters): Parameters {
  const errors = givenFaults(defined, given).map(({ path, message }) => ({ path: `body.parameters.${path}`, message }));
  if (errors.length > 0) throw new ApiError("invalid_request", "the parameters do not fit the workflow", { errors });
  const defaults = Object.entries(defined).flatMap(([name, { default: value }]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return { ...Object.fromEntries(defaults), ...given };
}
