import type { RunState, WorkflowRun } from "@homeslice/protocol/workflows.ts";
import { openClient } from "../client.ts";
import { type Shown, say, show } from "../show.ts";
import { follow } from "./progress.ts";
import { runPage, runTable, workflowTable } from "./table.ts";
import { Workflows } from "./workflows.ts";

interface Followed extends Shown {
  readonly detach?: boolean;
}

/** Exit codes of what a run came to. */
const exitCodes = { succeeded: 0, failed: 1, cancelled: 130 } as const;
const RUNS_SHOWN = 50;

/** `workflows list`. @throws UserError `local.stopped`, `workflows.refused` */
export async function listWorkflows({ search, ...shown }: Shown & { readonly search?: string }): Promise<void> {
  const found = await (await open()).list(search);
  show(found, shown, workflowTable);
}

/** `workflows runs`. @throws UserError as `listWorkflows`, `option.invalid` */
export async function listRuns({ state, ...shown }: Shown & { readonly state?: RunState }): Promise<void> {
  const found = await (await open()).runs(RUNS_SHOWN, state);
  show(found, shown, runTable);
}

/** `workflows show`. @throws UserError as `listRuns` */
export async function showRun(id: string, shown: Shown): Promise<void> {
  const run = await (await open()).run(id);
  show(run, shown, runPage);
}

/** `workflows run`. @returns the exit code. @throws UserError as `showRun`, `workflows.unknown`, `workflows.unreachable` */
export async function runWorkflow(
  name: string,
  { parameter = [], ...options }: Followed & { readonly parameter?: readonly string[] },
): Promise<number> {
  return await attend(await (await open()).start(name, parameter), options);
}

/** `workflows resume`. @returns the exit code. @throws UserError as `runWorkflow` */
export async function resumeRun(id: string, options: Followed): Promise<number> {
  return await attend(await (await open()).resume(id), options);
}

/** `workflows cancel`. @throws UserError as `showRun` */
export async function cancelRun(id: string, shown: Shown): Promise<void> {
  const run = await (await open()).cancel(id);
  show(run, shown, runPage);
}

/** `workflows approve`. @throws UserError as `showRun` */
export async function decideGate(
  id: string,
  step: string,
  { reason, refuse = false, ...shown }: Shown & { readonly reason: string; readonly refuse?: boolean },
): Promise<void> {
  const run = await (await open()).decide(id, step, refuse ? "refuse" : "approve", reason);
  show(run, shown, runPage);
}

/** Shows what a run comes to, unless it is to be left alone. */
async function attend(run: WorkflowRun, { detach = false, ...shown }: Followed): Promise<number> {
  if (detach) {
    show(run, shown, ({ run_id }) => `${run_id}\n`);
    return 0;
  }
  say(`run ${run.run_id} of "${run.workflow_name}" (Ctrl-C leaves it running)`);
  // Each look has a token of its own: those of this machine are good for a minute.
  const ended = await follow(run, { look: async () => (await open()).run(run.run_id), say });
  show(ended, shown, runPage);
  return ended.state === "running" || ended.state === "waiting" ? 1 : exitCodes[ended.state];
}

async function open(): Promise<Workflows> {
  return new Workflows(await openClient());
}
