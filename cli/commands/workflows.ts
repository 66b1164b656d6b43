import type { RunState } from "@homeslice/protocol/workflows.ts";
import type { Command } from "commander";
import { choice, collect } from "./options.ts";

const states = ["running", "waiting", "succeeded", "failed", "cancelled"] satisfies RunState[];

interface Shown {
  readonly json?: boolean;
}

interface Followed extends Shown {
  readonly detach?: boolean;
}

/** `workflows`: workflows and their runs, here or at HOMESLICE_URL. */
export function registerWorkflows(program: Command): void {
  const workflows = program.command("workflows").description("show and run workflows, and decide their gates");
  registerShowing(workflows);
  registerRunning(workflows);
}

function registerShowing(workflows: Command): void {
  workflows
    .command("list")
    .description("show workflows by their names")
    .option("--search <text>", "those with this in the name")
    .option("--json", "as JSON, for scripts")
    .action(async (options: Shown & { readonly search?: string }) => {
      const { listWorkflows } = await import("../automation/workflows/commands.ts");
      await listWorkflows(options);
    });
  workflows
    .command("runs")
    .description("show the newest runs of all workflows")
    .addOption(choice("--state <state>", "those alone that are; waiting is for a decision", states))
    .option("--json", "as JSON, for scripts")
    .action(async (options: Shown & { readonly state?: RunState }) => {
      const { listRuns } = await import("../automation/workflows/commands.ts");
      await listRuns(options);
    });
  workflows
    .command("show")
    .description("show a run and its steps")
    .argument("<run>", "id of the run")
    .option("--json", "as JSON, for scripts")
    .action(async (run: string, options: Shown) => {
      const { showRun } = await import("../automation/workflows/commands.ts");
      await showRun(run, options);
    });
}

function registerRunning(workflows: Command): void {
  workflows
    .command("run")
    .description("run a workflow and follow its steps; exits with 0, 1 when it failed, 130 when it was cancelled")
    .argument("<workflow>", "its name or id")
    .option("-p, --parameter <name=value>", "a parameter of the workflow; once for each item of a list", collect, [])
    .option("--detach", "print the id of the run, and do not wait for it")
    .option("--json", "as JSON, for scripts")
    .action(async (workflow: string, options: Followed & { readonly parameter: readonly string[] }) => {
      const { runWorkflow } = await import("../automation/workflows/commands.ts");
      process.exitCode = await runWorkflow(workflow, options);
    });
  workflows
    .command("cancel")
    .description("end what is under way in a run, and let nothing more begin")
    .argument("<run>", "id of the run")
    .option("--json", "as JSON, for scripts")
    .action(async (run: string, options: Shown) => {
      const { cancelRun } = await import("../automation/workflows/commands.ts");
      await cancelRun(run, options);
    });
  workflows
    .command("resume")
    .description("begin again what did not succeed in a run, and all that comes after it")
    .argument("<run>", "id of the run")
    .option("--detach", "do not wait for it")
    .option("--json", "as JSON, for scripts")
    .action(async (run: string, options: Followed) => {
      const { resumeRun } = await import("../automation/workflows/commands.ts");
      process.exitCode = await resumeRun(run, options);
    });
  workflows
    .command("approve")
    .description("let a run go on that waits at a gate")
    .argument("<run>", "id of the run")
    .argument("<step>", "name of the gate")
    .requiredOption("--reason <text>", "why, for the audit log")
    .option("--refuse", "let the step fail instead")
    .option("--json", "as JSON, for scripts")
    .action(
      async (run: string, step: string, options: Shown & { readonly reason: string; readonly refuse?: boolean }) => {
        const { decideGate } = await import("../automation/workflows/commands.ts");
        await decideGate(run, step, options);
      },
    );
}
