import type { RunState, Step } from "@homeslice/protocol";
import type { Connection } from "../database/database.ts";
import { announce } from "../notifications/announce.ts";
import { begin, skip } from "./beginning.ts";
import { type Standing, takeEnds } from "./ending.ts";
import type { HeldRun } from "./heldRun.ts";
import { type Decision, decide } from "./machine.ts";
import { findSteps, updateRun } from "./repository.ts";

/** How long a step waits for room in a full queue before it is tried again, in milliseconds. */
const FULL_QUEUE_MS = 5_000;

/**
 * Moves a run on, as far as it can go now: takes what its steps have come to, begins what may begin, and ends it. All of
 * it is in the transaction that holds the run: a step and its execution are there together, or neither is.
 */
export async function moveOn(run: HeldRun): Promise<RunState> {
  const standing = await takeEnds(run, await findSteps(run.transaction, run.row.run_id));
  const held = new Set<string>();
  for (;;) {
    const decision = decide(run.workflow.steps, new Map([...standing.states, ...asRunning(held)]));
    const { start, skip: skipped, outcome } = decision;
    for (const name of skipped) {
      await skip(run, stepOf(run, name), standing);
      standing.states.set(name, "skipped");
    }
    for (const name of start) {
      const beginning = await begin(run, stepOf(run, name), standing);
      if (beginning.state === "held") held.add(name);
      else standing.states.set(name, beginning.state);
      if ("message" in beginning) standing.messages.set(name, beginning.message);
    }
    if (start.length === 0) return await write(run, standing, outcome, held.size > 0);
  }
}

function asRunning(names: ReadonlySet<string>) {
  return [...names].map((name) => [name, "running"] as const);
}

function stepOf({ workflow }: HeldRun, name: string): Step {
  const step = workflow.steps.find((each) => each.name === name);
  if (step === undefined) throw new RangeError(`there is no step ${name}`);
  return step;
}

async function write(
  run: HeldRun,
  { states, messages }: Standing,
  outcome: Decision["outcome"],
  isHeld: boolean,
): Promise<RunState> {
  const { transaction, row, now } = run;
  const isUnderWay = isHeld || [...states.values()].includes("running");
  const state = outcome ?? (isUnderWay ? "running" : "waiting");
  const due_at = isHeld ? new Date(now.getTime() + FULL_QUEUE_MS) : null;
  await updateRun(transaction, row.run_id, { state, due_at, completed_at: outcome === undefined ? null : now });
  if (outcome !== undefined) await announceEnd(transaction, run, outcome, messages);
  return state;
}

async function announceEnd(
  transaction: Connection,
  { row }: HeldRun,
  outcome: NonNullable<Decision["outcome"]>,
  messages: ReadonlyMap<string, string>,
): Promise<void> {
  const { tenant_id, run_id, initiated_by, workflow_name: workflow } = row;
  const message = [...messages].map(([step, text]) => `${step}: ${text}`).join("; ");
  const fields = { workflow, run_id, initiated_by, state: outcome, ...(message === "" ? {} : { message }) };
  await announce(transaction, [{ tenant_id, event: `workflow.${outcome}`, fields }]);
}
