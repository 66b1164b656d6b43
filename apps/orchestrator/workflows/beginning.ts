import { ApiError, type Gate, type NewExecution, type Step, type StepState } from "@homeslice/protocol";
import { announce } from "../notifications/announce.ts";
import type { Standing } from "./ending.ts";
import { actorOf, type HeldRun, typeOfStep } from "./heldRun.ts";
import { renderInline } from "./inline.ts";
import { resolve } from "./references.ts";
import { insertStep } from "./repository.ts";

/** What a step has become when it was to begin; `held` waits for room in the queue, and is tried again. */
export type Beginning = { readonly state: StepState; readonly message?: string } | { readonly state: "held" };

/** Begins a step, in the transaction that holds its run. */
export async function begin(run: HeldRun, step: Step, standing: Standing): Promise<Beginning> {
  return step.gate === undefined
    ? await beginExecution(run, step, standing)
    : await openGate(run, step.name, step.gate);
}

/** Leaves a step out. */
export async function skip(run: HeldRun, step: Step, { states }: Standing): Promise<void> {
  const others = step.needs.filter((name) => states.get(name) !== "succeeded").map((name) => `"${name}"`);
  const message = step.when === "failed" ? "nothing that it needs has failed" : `${others.join(", ")} did not succeed`;
  const { transaction, row, now } = run;
  await insertStep(transaction, {
    run_id: row.run_id,
    step: step.name,
    type: typeOfStep(step),
    state: "skipped",
    message,
    started_at: null,
    finished_at: now,
  });
}

async function openGate(run: HeldRun, step: string, gate: Gate): Promise<Beginning> {
  const { transaction, row, now } = run;
  const { run_id, tenant_id, workflow_name: workflow, initiated_by } = row;
  const { message } = gate;
  const expires_at = new Date(now.getTime() + gate.expires_after_seconds * 1_000);
  await insertStep(transaction, { run_id, step, type: "gate", state: "waiting", message, started_at: now, expires_at });
  const fields = { workflow, run_id, step, message, initiated_by };
  await announce(transaction, [{ tenant_id, event: "workflow.waiting", fields }]);
  return { state: "waiting" };
}

async function beginExecution(run: HeldRun, step: Step, standing: Standing): Promise<Beginning> {
  const { transaction, row, now, executions } = run;
  const of = { run_id: row.run_id, step: step.name, type: "execution" as const, started_at: now };
  try {
    const origin = { actor: actorOf(row), initiatedBy: row.initiated_by, workflowRunId: row.run_id };
    const execution_id = await executions.startWithin(transaction, await requestOf(run, step, standing), origin);
    await insertStep(transaction, { ...of, state: "running", execution_id });
    return { state: "running" };
  } catch (error) {
    // Refused before anything was written, so the transaction is still good.
    if (!(error instanceof ApiError)) throw error;
    if (error.problem.code === "queue_full") return { state: "held" };
    const faults = (error.problem.errors ?? []).map(({ path, message }) => `; ${path}: ${message}`).join("");
    const message = error.message + faults;
    await insertStep(transaction, { ...of, state: "failed", message, finished_at: now });
    return { state: "failed", message };
  }
}

/** What a step starts, with values in place of its references. @throws ApiError invalid_request */
async function requestOf(run: HeldRun, { execution }: Step, { outputs }: Standing): Promise<NewExecution> {
  if (execution === undefined) throw new RangeError("a gate starts nothing");
  const { transaction, row, workflow } = run;
  const { parameters: given, operation } = execution;
  const parameters = resolve(given, { parameters: row.parameters, outputs });
  const request = { ...execution, parameters, batch_id: row.run_id };
  if (operation === undefined) return request;
  return { ...request, operation: await renderInline(transaction, operation, workflow, given, parameters) };
}
