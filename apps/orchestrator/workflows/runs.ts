import {
  type Actor,
  ApiError,
  type Caller,
  covers,
  isFinalRun,
  type NewVote,
  type NewWorkflowRun,
  type RequestOf,
  type ResponseOf,
  type WorkflowRun,
} from "@homeslice/protocol";
import type { Actions } from "../actions/actions.ts";
import { findRequesters } from "../approvals/repository.ts";
import { recordChange } from "../audit/audit.ts";
import type { Context } from "../context.ts";
import { type Connection, transact } from "../database/database.ts";
import { cancelOpen } from "./cancelling.ts";
import { type HeldRun, heldRun, resourceOf } from "./heldRun.ts";
import { stepsToResume } from "./machine.ts";
import { moveOn } from "./progress.ts";
import * as repository from "./repository.ts";
import { WorkflowStarter } from "./starting.ts";
import { toRun, toStep, toSummary } from "./view.ts";

/** Runs of workflows: starting, showing, deciding and ending them. What moves them on by itself is the runner. */
export class WorkflowRuns {
  readonly #context: Context;
  readonly #starter: WorkflowStarter;

  constructor(context: Context, actions: Actions) {
    this.#context = context;
    this.#starter = new WorkflowStarter(context, actions);
  }

  async list(query: RequestOf<"listWorkflowRuns">["query"]): Promise<ResponseOf<"listWorkflowRuns">> {
    const { rows, next_cursor } = await repository.listRuns(this.#context.database, query);
    return { items: rows.map(toSummary), next_cursor };
  }

  /** @throws ApiError not_found */
  async get(runId: string, connection: Connection = this.#context.database): Promise<WorkflowRun> {
    const row = await repository.findRun(connection, runId);
    if (row === undefined) throw noRun(runId);
    return toRun(row, await repository.findSteps(connection, runId));
  }

  /** @throws ApiError not_found */
  async steps(runId: string, query: RequestOf<"listWorkflowSteps">["query"]): Promise<ResponseOf<"listWorkflowSteps">> {
    const { database } = this.#context;
    if ((await repository.findRun(database, runId)) === undefined) throw noRun(runId);
    const { rows, next_cursor } = await repository.listSteps(database, runId, query);
    return { items: rows.map(toStep), next_cursor };
  }

  /**
   * Starts a run: its steps, parameters and actions are fixed at this moment, all but the servers.
   * @param key makes it safe to ask again: the same key starts nothing twice
   * @throws ApiError not_found, invalid_request
   */
  async start(workflowId: string, request: NewWorkflowRun, actor: Actor, key?: string): Promise<WorkflowRun> {
    const origin = { actor, initiatedBy: actor.id, ...(key !== undefined && { key }) };
    const start = { workflow_id: workflowId, ...request };
    return await this.#change((transaction) => this.#starter.startWithin(transaction, start, origin));
  }

  /** Ends what is under way and lets nothing more begin; asking again changes nothing. @throws ApiError not_found */
  async cancel(runId: string, actor: Actor): Promise<WorkflowRun> {
    const run = await this.#change(async (transaction) => {
      const held = await this.#hold(transaction, runId);
      if (isFinalRun(held.row.state) || held.row.cancel_requested_at !== null) return runId;
      await recordChange(transaction, actor, "workflow.cancelled", resourceOf(held.row));
      await moveOn(await cancelOpen(held, actor));
      return runId;
    });
    const { bus } = this.#context;
    bus.publish({ kind: "cancel" });
    for (const { execution_id } of run.steps)
      if (execution_id !== null) bus.publish({ kind: "execution", execution_id });
    return run;
  }

  /**
   * Begins again what did not succeed in a run that has ended, and all that comes after it.
   * @throws ApiError not_found, conflict while it goes on, or when there is nothing to begin again
   */
  async resume(runId: string, actor: Actor): Promise<WorkflowRun> {
    return await this.#change(async (transaction) => {
      const held = await this.#hold(transaction, runId);
      if (!isFinalRun(held.row.state)) throw new ApiError("conflict", "the run is still going on");
      if (held.row.state === "succeeded") throw new ApiError("conflict", "the run has succeeded");
      const steps = await repository.findSteps(transaction, runId);
      const again = [
        ...stepsToResume(held.workflow.steps, new Map(steps.map(({ step, state }) => [step, state] as const))),
      ];
      await repository.supersedeSteps(transaction, runId, again);
      const change = { state: "running", due_at: null, completed_at: null, cancel_requested_at: null } as const;
      const row = await repository.updateRun(transaction, runId, change);
      await recordChange(transaction, actor, "workflow.resumed", resourceOf(row), { steps: again });
      await moveOn({ ...held, row });
      return runId;
    });
  }

  /**
   * Decides a gate.
   * @throws ApiError not_found, not_permitted for a weaker role or a run of one's own, conflict when it does not wait
   */
  async decide(runId: string, step: string, vote: NewVote, actor: Actor, caller: Caller): Promise<WorkflowRun> {
    return await this.#change(async (transaction) => {
      const held = await this.#hold(transaction, runId);
      const gate = held.workflow.steps.find(({ name }) => name === step)?.gate;
      if (gate === undefined) throw new ApiError("not_found", `there is no gate "${step}" in the run ${runId}`);
      if (!covers(caller.role, gate.role))
        throw new ApiError("not_permitted", `this gate is for the role ${gate.role}`);
      if (gate.by_others) await refuseOwn(held, actor);
      const open = (await repository.findSteps(transaction, runId)).find((each) => each.step === step);
      if (open?.state !== "waiting") {
        throw new ApiError("conflict", `the gate does not wait for a decision: it is ${open?.state ?? "pending"}`);
      }
      await repository.endStep(transaction, open.step_id, endOf(vote, actor, held.now));
      const event = vote.decision === "approve" ? "workflow.approved" : "workflow.refused";
      await recordChange(transaction, actor, event, resourceOf(held.row), { step, reason: vote.reason });
      await moveOn(held);
      return runId;
    });
  }

  /** @throws ApiError not_found */
  async #hold(transaction: Connection, runId: string): Promise<HeldRun> {
    const row = await repository.lockRun(transaction, runId);
    if (row === undefined) throw noRun(runId);
    return heldRun(this.#context, transaction, row);
  }

  /** Changes a run and shows what it has become. @param change returns the id of the run */
  async #change(change: (transaction: Connection) => Promise<string>): Promise<WorkflowRun> {
    const { database, bus } = this.#context;
    const runId = await transact(database, change);
    bus.publish({ kind: "work" });
    bus.publish({ kind: "run", run_id: runId });
    return await this.get(runId);
  }
}

function endOf({ decision, reason }: NewVote, { id }: Actor, finished_at: Date): repository.StepEnd {
  const decided = { finished_at, decided_by: id, reason };
  return decision === "approve"
    ? { ...decided, state: "succeeded" }
    : { ...decided, state: "failed", message: `refused by ${id}: ${reason}` };
}

/** @throws ApiError not_permitted */
async function refuseOwn({ transaction, row }: HeldRun, { id }: Actor): Promise<void> {
  if (!(await findRequesters(transaction, row.initiated_by)).includes(id)) return;
  throw new ApiError("not_permitted", "nobody decides about what they started themselves", {
    fix: "ask somebody else",
  });
}

function noRun(runId: string): ApiError {
  return new ApiError("not_found", `there is no run ${runId} of a workflow`);
}
