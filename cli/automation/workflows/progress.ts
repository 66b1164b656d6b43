import { setTimeout } from "node:timers/promises";
import { UserError } from "@homeslice/config/errors.ts";
import { isFinalRun, type StepRun, type WorkflowRun } from "@homeslice/protocol/workflows.ts";
import { bar } from "../../process/bar.ts";

/** The code of what passes by itself: the orchestrator is starting, or out of reach for a moment. */
const UNREACHABLE = "workflows.unreachable";
/** How often a run is looked at, in milliseconds. */
const LOOK_MS = 500;
/** How long an orchestrator may be out of reach before following its run is given up, in milliseconds. */
const PATIENCE_MS = 30_000;

/** Where a run is followed from, and where it is shown. */
export interface Following {
  readonly look: () => Promise<WorkflowRun>;
  /** Receives a line for each change. */
  readonly say: (line: string) => void;
  /** Waits so many milliseconds. Default: the clock on the wall. */
  readonly pause?: (milliseconds: number) => Promise<unknown>;
}

/**
 * Follows a run to its end, with a line for each step that has moved. Short breaks of the orchestrator do not matter.
 * @throws UserError `workflows.unreachable`
 */
export async function follow(run: WorkflowRun, { look, say, pause = setTimeout }: Following): Promise<WorkflowRun> {
  let seen: WorkflowRun | undefined;
  let now = run;
  for (let silent = 0; ; ) {
    for (const line of changesSince(seen, now)) say(line);
    seen = now;
    if (isFinalRun(now.state)) return now;
    await pause(LOOK_MS);
    const found = await look().catch(passing);
    silent = found === undefined ? silent + LOOK_MS : 0;
    if (silent > PATIENCE_MS) throw outOfReach(run);
    now = found ?? now;
  }
}

/** What has moved between two looks at a run, a line each. */
export function changesSince(before: WorkflowRun | undefined, { steps }: WorkflowRun): string[] {
  const states = new Map(before?.steps.map(({ name, state, attempt }) => [name, `${state} ${attempt}`]));
  const ended = steps.filter(({ finished_at }) => finished_at !== null).length;
  return steps
    .filter(({ name, state, attempt }) => state !== "pending" && states.get(name) !== `${state} ${attempt}`)
    .map((step) => `${bar(ended, steps.length)} ${describe(step)}`);
}

function describe({ name, state, message, started_at, finished_at }: StepRun): string {
  if (state === "waiting") return `${name} waits for a decision: ${message}`;
  const seconds =
    started_at !== null && finished_at !== null
      ? (Date.parse(finished_at) - Date.parse(started_at)) / 1_000
      : undefined;
  const time = seconds === undefined ? "" : ` after ${seconds.toFixed(1)} s`;
  return `${name} ${state}${time}${message === null ? "" : `: ${message}`}`;
}

function passing(error: unknown): undefined {
  if (error instanceof UserError && error.code === UNREACHABLE) return undefined;
  throw error;
}

function outOfReach({ run_id }: WorkflowRun): UserError {
  const what = `the orchestrator does not answer; the run ${run_id} goes on without being watched`;
  const fix = `See ./homeslice status, then ./homeslice workflows show ${run_id}.`;
  return new UserError({ code: UNREACHABLE, what, fix });
}
