import { RunState, type WorkflowRun } from "@homeslice/protocol/workflows.ts";
import { invalidOption } from "../../local/options.ts";
import { openClient } from "../client.ts";
import { follow } from "./progress.ts";
import { runPage, runTable, workflowTable } from "./table.ts";
import { Workflows } from "./workflows.ts";

interface Shown {
  readonly json?: boolean;
}

interface Followed extends Shown {
  readonly detach?: boolean;
}

/** Exit codes of what a run came to. */
const exitCodes = { succeeded: 0, failed: 1, cancelled: 130 } as const;
const RUNS_SHOWN = 50;

/** `workflows list`. @throws UserError `local.stopped`, `workflows.refused` */
export async function listWorkflows({ search, json = false }: Shown & { readonly search?: string }): Promise<void> {
  const found = await (await open()).list(search);
  print(json, found, () => workflowTable(found));
}

/** `workflows runs`. @throws UserError as `listWorkflows`, `option.invalid` */
export async function listRuns({ state, json = false }: Shown & { readonly state?: string }): Promise<void> {
  const found = await (await open()).runs(RUNS_SHOWN, state === undefined ? undefined : parseState(state));
  print(json, found, () => runTable(found));
}

/** `workflows show`. @throws UserError as `listRuns` */
export async function showRun(id: string, { json = false }: Shown): Promise<void> {
  const run = await (await open()).run(id);
  print(json, run, () => runPage(run));
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
export async function cancelRun(id: string, { json = false }: Shown): Promise<void> {
  const run = await (await open()).cancel(id);
  print(json, run, () => runPage(run));
}

/** `workflows approve`. @throws UserError as `showRun` */
export async function decideGate(
  id: string,
  step: string,
  { reason, refuse = false, json = false }: Shown & { readonly reason: string; readonly refuse?: boolean },
): Promise<void> {
  const run = await (await open()).decide(id, step, refuse ? "refuse" : "approve", reason);
  print(json, run, () => runPage(run));
}

/** Shows what a run comes to, unless it is to be left alone. */
async function attend(run: WorkflowRun, { detach = false, json = false }: Followed): Promise<number> {
  if (detach) {
    print(json, run, () => `${run.run_id}\n`);
    return 0;
  }
  const say = (line: string) => process.stderr.write(`homeslice: ${line}\n`);
  say(`run ${run.run_id} of "${run.workflow_name}" (Ctrl-C leaves it running)`);
  // Each look has a token of its own: those of this machine are good for a minute.
  const ended = await follow(run, { look: async () => (await open()).run(run.run_id), say });
  print(json, ended, () => runPage(ended));
  return ended.state === "running" || ended.state === "waiting" ? 1 : exitCodes[ended.state];
}

async function open(): Promise<Workflows> {
  return new Workflows(await openClient());
}

function parseState(text: string): RunState {
  const state = RunState.safeParse(text);
  if (state.success) return state.data;
  throw invalidOption(
    "--state",
    `there is no state ${JSON.stringify(text)}`,
    `Choose one of ${RunState.options.join(", ")}.`,
  );
}

function print(json: boolean, value: object, text: () => string): void {
  process.stdout.write(json ? `${JSON.stringify(value, null, 2)}\n` : text());
}
