import type { Action, NewWorkflow, Parameters, RunState, StepRun, StepState } from "@homeslice/protocol";
import type { Generated, JSONColumnType } from "kysely";
import type { Defaulted, DefinitionsTable, OfTenant } from "./columns.ts";

export interface WorkflowsTable extends DefinitionsTable<NewWorkflow> {
  workflow_id: Generated<string>;
}

export interface WorkflowRunsTable extends OfTenant {
  run_id: Generated<string>;
  workflow_id: string;
  workflow_name: string;
  workflow_version: number;
  definition: JSONColumnType<NewWorkflow>;
  actions: JSONColumnType<Action[]>;
  parameters: JSONColumnType<Parameters>;
  initiated_by: string;
  state: RunState;
  cancel_requested_at: Date | null;
  created_at: Generated<Date>;
  completed_at: Date | null;
  due_at: Date | null;
  start_key: string | null;
  request_hash: Buffer;
}

export interface WorkflowStepsTable extends OfTenant {
  step_id: Generated<string>;
  run_id: string;
  step: string;
  attempt: number;
  type: StepRun["type"];
  state: StepState;
  execution_id: string | null;
  outputs: JSONColumnType<Parameters, string | undefined, string>;
  message: string | null;
  decided_by: string | null;
  reason: string | null;
  started_at: Date | null;
  finished_at: Date | null;
  expires_at: Date | null;
  superseded: Defaulted<boolean>;
}
