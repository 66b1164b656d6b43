import {
  type Action,
  type Actor,
  ApiError,
  NewWorkflow,
  type RequestOf,
  type ResponseOf,
  type Workflow,
} from "@homeslice/protocol";
import type { Actions } from "../actions/actions.ts";
import type { Context } from "../context.ts";
import type { Connection } from "../database/database.ts";
import { type Definition, Definitions, metadataOf } from "../definitions/definitions.ts";
import { workflowFaults } from "./faults.ts";

/** Workflows: looking after them. What runs them are runs. */
export class Workflows {
  readonly #context: Context;
  readonly #actions: Actions;
  readonly #definitions: Definitions;

  constructor(context: Context, actions: Actions) {
    this.#context = context;
    this.#actions = actions;
    this.#definitions = new Definitions(context, {
      table: "workflows",
      id: "workflow_id",
      noun: "workflow",
      resource: "workflow",
    });
  }

  async list(query: RequestOf<"listWorkflows">["query"]): Promise<ResponseOf<"listWorkflows">> {
    const { rows, next_cursor } = await this.#definitions.list(query);
    return { items: rows.map(toWorkflow), next_cursor };
  }

  /** @throws ApiError not_found */
  async get(workflowId: string, connection: Connection = this.#context.database): Promise<Workflow> {
    return toWorkflow(await this.#definitions.get(workflowId, connection));
  }

  /** @throws ApiError invalid_request with everything that is wrong with it, conflict when the name is taken */
  async create(workflow: NewWorkflow, actor: Actor): Promise<Workflow> {
    await this.actionsOf(workflow);
    return toWorkflow(await this.#definitions.create({ name: workflow.name, definition: workflow }, actor));
  }

  /** Replaces a workflow; its runs go on as they were started. @throws ApiError as `create`, not_found, precondition_failed */
  async update(
    workflowId: string,
    workflow: NewWorkflow,
    version: number | undefined,
    actor: Actor,
  ): Promise<Workflow> {
    await this.#definitions.get(workflowId);
    await this.actionsOf(workflow);
    const values = { name: workflow.name, definition: workflow };
    return toWorkflow(await this.#definitions.update(workflowId, values, version, actor));
  }

  /** @throws ApiError not_found, precondition_failed */
  async delete(workflowId: string, version: number | undefined, actor: Actor): Promise<void> {
    await this.#definitions.delete(workflowId, version, actor);
  }

  /** Everything that is wrong with a workflow. */
  async validate(workflow: NewWorkflow): Promise<ResponseOf<"validateWorkflow">> {
    const errors = workflowFaults(workflow, await this.#actionsOf(workflow, this.#context.database));
    return { valid: errors.length === 0, errors };
  }

  /** The actions that the steps of a workflow name. @throws ApiError invalid_request when it cannot run */
  async actionsOf(workflow: NewWorkflow, connection: Connection = this.#context.database): Promise<Action[]> {
    const actions = await this.#actionsOf(workflow, connection);
    const errors = workflowFaults(workflow, actions).map(({ path, message }) => ({ path: `body.${path}`, message }));
    if (errors.length > 0) throw new ApiError("invalid_request", "the workflow cannot run", { errors });
    return [...actions.values()];
  }

  async #actionsOf(workflow: NewWorkflow, connection: Connection): Promise<Map<string, Action>> {
    const ids = new Set(workflow.steps.flatMap(({ execution }) => execution?.action_template_id ?? []));
    const actions = new Map<string, Action>();
    for (const id of ids) {
      const action = await this.#actions.find(id, connection);
      if (action !== undefined) actions.set(id, action);
    }
    return actions;
  }
}

function toWorkflow(row: Definition): Workflow {
  const { id: workflow_id, version } = row;
  return { workflow_id, ...NewWorkflow.parse(row.definition), version, metadata: metadataOf(row) };
}
