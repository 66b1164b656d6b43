import type { Action, NewWorkflow, Parameters, RequestOf, RunState, StepState } from "@homeslice/protocol";
import { type Selectable, type SqlBool, sql } from "kysely";
import type { Connection } from "../database/database.ts";
import { type ListOrder, Page } from "../database/keyset.ts";
import { ofTenant } from "../database/tenancy.ts";
import type { WorkflowRunsTable, WorkflowStepsTable } from "../database/workflowTables.ts";

export type RunRow = Selectable<WorkflowRunsTable>;
export type StepRow = Selectable<WorkflowStepsTable>;

/** A run as it is started. */
export interface RunToInsert {
  readonly workflow_id: string;
  readonly workflow_version: number;
  readonly workflow: NewWorkflow;
  readonly actions: readonly Action[];
  readonly parameters: Parameters;
  readonly initiated_by: string;
  /** Makes it safe to ask again: the same key starts one run. */
  readonly start_key: string | null;
  readonly request_hash: Buffer;
}

/** @returns undefined when there is a run of this key already */
export async function insertRun(
  transaction: Connection,
  { workflow, ...run }: RunToInsert,
): Promise<RunRow | undefined> {
  return await transaction
    .insertInto("workflow_runs")
    .values({
      ...run,
      workflow_name: workflow.name,
      definition: JSON.stringify(workflow),
      actions: JSON.stringify(run.actions),
      parameters: JSON.stringify(run.parameters),
      state: "running",
    })
    .onConflict((conflict) => conflict.columns(["tenant_id", "initiated_by", "start_key"]).doNothing())
    .returningAll()
    .executeTakeFirst();
}

/** The run that was started under a key. */
export async function findRunOfKey(connection: Connection, initiatedBy: string, key: string): Promise<RunRow> {
  return await connection
    .selectFrom("workflow_runs")
    .selectAll()
    .where(ofTenant)
    .where("initiated_by", "=", initiatedBy)
    .where("start_key", "=", key)
    .executeTakeFirstOrThrow();
}

export async function findRun(connection: Connection, runId: string): Promise<RunRow | undefined> {
  return await connection.selectFrom("workflow_runs").selectAll().where("run_id", "=", runId).executeTakeFirst();
}

/** A run, held until the transaction ends. */
export async function lockRun(transaction: Connection, runId: string): Promise<RunRow | undefined> {
  return await transaction
    .selectFrom("workflow_runs")
    .selectAll()
    .where("run_id", "=", runId)
    .forUpdate()
    .executeTakeFirst();
}

/** A run that something is to be done about, held until the transaction ends; one that is held already is left out. */
export async function lockDue(
  transaction: Connection,
  now: Date,
  except: readonly string[],
): Promise<RunRow | undefined> {
  return await transaction
    .selectFrom("workflow_runs as r")
    .selectAll()
    .where("r.completed_at", "is", null)
    .where(sql<SqlBool>`r.run_id <> all(${except}::uuid[])`)
    .where(sql<SqlBool>`(r.due_at <= ${now} or exists (
      select from workflow_steps s left join executions e on e.execution_id = s.execution_id
      where s.run_id = r.run_id and not s.superseded and s.finished_at is null
        and (s.expires_at <= ${now} or s.state = 'running' and (e.execution_id is null or e.completed_at is not null))))`)
    .orderBy("r.run_id")
    .limit(1)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
}

/** Whether any run is going on. */
export async function isAnyOpen(connection: Connection): Promise<boolean> {
  const open = connection.selectFrom("workflow_runs").select("run_id").where("completed_at", "is", null);
  return (await open.limit(1).executeTakeFirst()) !== undefined;
}

/** What is known of a run anew. */
export interface RunChange {
  readonly state: RunState;
  readonly completed_at: Date | null;
  readonly due_at: Date | null;
  readonly cancel_requested_at?: Date | null;
}

export async function updateRun(transaction: Connection, runId: string, change: RunChange): Promise<RunRow> {
  return await transaction
    .updateTable("workflow_runs")
    .set(change)
    .where("run_id", "=", runId)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** A step as it was begun last, and what its execution has come to; null while that goes on. */
export interface CurrentStep extends StepRow {
  readonly execution_state: "succeeded" | "failed" | "cancelled" | "gone" | null;
}

export async function findSteps(connection: Connection, runId: string): Promise<CurrentStep[]> {
  return await connection
    .selectFrom("workflow_steps as s")
    .leftJoin("executions as e", "e.execution_id", "s.execution_id")
    .selectAll("s")
    .select(
      sql<CurrentStep["execution_state"]>`case when s.execution_id is null then null
        when e.execution_id is null then 'gone' when e.completed_at is null then null
        when e.state in ('succeeded', 'cancelled') then e.state else 'failed' end`.as("execution_state"),
    )
    .where("s.run_id", "=", runId)
    .where("s.superseded", "=", false)
    .orderBy("s.step_id")
    .execute();
}

/** A step that begins, or comes to its end without having begun. */
export interface StepToInsert {
  readonly run_id: string;
  readonly step: string;
  readonly type: StepRow["type"];
  readonly state: StepState;
  readonly execution_id?: string;
  readonly message?: string | null;
  /** Null: it never begins. */
  readonly started_at: Date | null;
  readonly finished_at?: Date;
  readonly expires_at?: Date;
}

/** Begins a step once more than it was begun before. */
export async function insertStep(transaction: Connection, step: StepToInsert): Promise<void> {
  const attempt = sql<number>`(select coalesce(max(attempt), 0) + 1 from workflow_steps
    where run_id = ${step.run_id} and step = ${step.step})`;
  await transaction
    .insertInto("workflow_steps")
    .values({ ...step, attempt })
    .execute();
}

/** How a step has ended. */
export interface StepEnd {
  readonly state: StepState;
  readonly finished_at: Date;
  readonly outputs?: Parameters;
  readonly message?: string | null;
  readonly decided_by?: string;
  readonly reason?: string;
}

/** Ends a step that is under way. */
export async function endStep(transaction: Connection, stepId: string, { outputs, ...end }: StepEnd): Promise<void> {
  await transaction
    .updateTable("workflow_steps")
    .set({ ...end, ...(outputs === undefined ? {} : { outputs: JSON.stringify(outputs) }) })
    .where("step_id", "=", stepId)
    .where("finished_at", "is", null)
    .execute();
}

/** Sets beginnings of steps aside: they begin again. */
export async function supersedeSteps(transaction: Connection, runId: string, names: readonly string[]): Promise<void> {
  await transaction
    .updateTable("workflow_steps")
    .set({ superseded: true })
    .where("run_id", "=", runId)
    .where(sql<SqlBool>`step = any(${names}::text[])`)
    .execute();
}

const runOrder: ListOrder<"created"> = { id: { column: "run_id", type: "uuid" }, keys: { created: undefined } };

/** A page of runs, and the cursor of the next one. */
export async function listRuns(
  connection: Connection,
  listing: RequestOf<"listWorkflowRuns">["query"],
): Promise<{ rows: RunRow[]; next_cursor: string | null }> {
  const { state, workflow_id, initiated_by } = listing;
  const page = new Page(runOrder, listing);
  let query = connection.selectFrom("workflow_runs").selectAll().select(page.place).where(ofTenant).where(page.follows);
  if (state !== undefined) query = query.where("state", "=", state);
  if (workflow_id !== undefined) query = query.where("workflow_id", "=", workflow_id);
  if (initiated_by !== undefined) query = query.where("initiated_by", "=", initiated_by);
  return page.of(await query.orderBy(page.orderBy).limit(page.limit).execute());
}

const stepOrder: ListOrder<"created"> = { id: { column: "step_id", type: "uuid" }, keys: { created: undefined } };

/** A page of every beginning of a step of a run, and the cursor of the next one. */
export async function listSteps(
  connection: Connection,
  runId: string,
  listing: RequestOf<"listWorkflowSteps">["query"],
): Promise<{ rows: StepRow[]; next_cursor: string | null }> {
  const page = new Page(stepOrder, listing);
  const query = connection
    .selectFrom("workflow_steps")
    .selectAll()
    .select(page.place)
    .where("run_id", "=", runId)
    .where(page.follows);
  return page.of(await query.orderBy(page.orderBy).limit(page.limit).execute());
}
