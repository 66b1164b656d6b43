import { Action, type Actor, ApiError, NewWorkflow, type Step, type StepRun } from "@homeslice/protocol";
import { type Resource, systemActor } from "../audit/audit.ts";
import type { Context } from "../context.ts";
import type { Connection } from "../database/database.ts";
import { Executions } from "../executions/executions.ts";
import type { RunRow } from "./repository.ts";

/** A run whose row a transaction holds: nobody else moves it on meanwhile. */
export interface HeldRun {
  readonly transaction: Connection;
  readonly row: RunRow;
  /** As it was when the run was started. */
  readonly workflow: NewWorkflow;
  /** Starts what the actions were when the run was started. */
  readonly executions: Executions;
  readonly now: Date;
}

export function heldRun(context: Context, transaction: Connection, row: RunRow): HeldRun {
  const workflow = NewWorkflow.parse(row.definition);
  return { transaction, row, workflow, executions: new Executions(context, frozen(row)), now: context.now() };
}

function frozen({ actions }: RunRow): { get(actionId: string): Promise<Action> } {
  const byId = new Map(
    Action.array()
      .parse(actions)
      .map((action) => [action.action_id, action]),
  );
  return {
    async get(actionId) {
      const action = byId.get(actionId);
      if (action === undefined) throw new ApiError("not_found", `there is no action ${actionId}`);
      return action;
    },
  };
}

export function typeOfStep({ gate }: Step): StepRun["type"] {
  return gate === undefined ? "execution" : "gate";
}

/** As what a run acts. */
export function actorOf({ workflow_name }: RunRow): Actor {
  return systemActor(`workflow ${workflow_name}`);
}

export function resourceOf({ run_id, workflow_name }: RunRow): Resource {
  return { type: "workflow_run", id: run_id, name: workflow_name };
}
